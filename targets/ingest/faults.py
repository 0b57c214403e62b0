"""What is wrong with a file, said so that its author knows what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Fault(ValueError):
    """One thing wrong in one entry of a file; `where` names both."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}：{what}")


class FilesRefused(ValueError):
    """The files were refused whole; nothing was written."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        lines = "\n".join(f"  {fault}" for fault in faults)
        super().__init__(f"政策数据有 {len(faults)} 处要改，这次没有装载，登记未变：\n{lines}")


class Faults:
    """Gathers the faults of many entries, so that the author mends them in one round."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    @contextmanager
    def gathered(self) -> Iterator[None]:
        """Keep a fault of this entry and go on with the next one."""
        try:
            yield
        except Fault as fault:
            self.found.append(fault)

    def each(self, do: Callable[[T], R], entries: Iterable[T]) -> tuple[R, ...]:
        """Do this to every entry; what a faulty entry would have given is left out."""
        done = []
        for entry in entries:
            with self.gathered():
                done.append(do(entry))
        return tuple(done)

    def add(self, where: str, what: str) -> None:
        self.found.append(Fault(where, what))

    def refuse_if_any(self) -> None:
        if self.found:
            raise FilesRefused(self.found)
