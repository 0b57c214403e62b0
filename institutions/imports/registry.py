"""The registers that can be imported, told by each app when it is ready."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from institutions.imports.lines import Checked, Line
from institutions.ingest.registers import RegisterSheet
from yiyang.access.scope import Actor


@dataclass(frozen=True, slots=True)
class Sending:
    """Who sends a sheet, for which register, on which day, with which columns."""

    sheet: RegisterSheet
    actor: Actor
    columns: tuple[str, ...]
    batch: str

    @property
    def day(self) -> date:
        return self.actor.day


# 一份登记怎样收下一行行：写入并说出每一行成了什么；由调用者决定提交还是撤回。
Engine = Callable[[Sending, Iterator[Line]], Iterator[Checked]]


@dataclass(frozen=True, slots=True)
class Register:
    """A register that sheets are imported into, and the engine that takes its lines."""

    sheet: RegisterSheet
    take: Engine
    note: str = ""

    @property
    def name(self) -> str:
        return self.sheet.name

    @property
    def title(self) -> str:
        return self.sheet.title

    @property
    def is_personal(self) -> bool:
        return any(cell.mask for cell in self.sheet.cells)


_registers: dict[str, Register] = {}


def register_import(register: Register) -> None:
    """Let an app offer one of its registers; the order is that of the apps."""
    _registers.setdefault(register.name, register)


def registers_for(actor: Actor) -> list[Register]:
    """The registers the actor may import into."""
    return [one for one in _registers.values() if one.sheet.opens_to(actor)]


def register_named(name: str) -> Register | None:
    return _registers.get(name)


def title_of(name: str) -> str:
    """What a register is called; its name where it is offered no longer."""
    register = _registers.get(name)
    return register.title if register else name
