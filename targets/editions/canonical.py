"""The fingerprint of an edition: SHA-256 over one line of JSON for each thing it holds.

Lines are compact JSON in UTF-8, each ended by a line feed, in this order: one header; the
definitions by indicator and reading; then region by region (by code) its figures by indicator and
reading and its judgements by target. The header carries a random number kept with the edition:
without it the fingerprint says nothing about any single figure.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol, Self

Cell = str | int | bool | None
Digests = Mapping[str, Mapping[str, str]]
# 只用来指出是哪一部分变了，十六位足够分辨。
PART_LENGTH = 16


class Kind:
    """What a line is about; the words of the digests as kept."""

    HEADER = "header"
    DEFINITION = "definition"
    FIGURE = "figure"
    JUDGEMENT = "judgement"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing an edition holds, and the parts a difference in it is reported by."""

    kind: str
    cells: tuple[Cell, ...]
    parts: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        return json.dumps([self.kind, *self.cells], ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Seal:
    """The fingerprint of it all, and a digest for each part: by kind of part, by name."""

    fingerprint: str
    digests: Digests


@dataclass(frozen=True, slots=True)
class Difference:
    """The parts of one kind that are not what they were; empty names nothing."""

    part: str
    changed: tuple[str, ...]
    added: tuple[str, ...]
    gone: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted({*self.changed, *self.added, *self.gone}))


class _Digest(Protocol):
    def update(self, data: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...


class Sealer:
    """Takes the lines one by one, so that a province needs no more memory than a city."""

    def __init__(self) -> None:
        self._whole = hashlib.sha256()
        self._parts: dict[str, dict[str, _Digest]] = {}

    def add(self, lines: Iterable[Line]) -> Self:
        for line in lines:
            data = f"{line.text}\n".encode()
            self._whole.update(data)
            for part, name in line.parts:
                self._parts.setdefault(part, {}).setdefault(name, hashlib.sha256()).update(data)
        return self

    def seal(self) -> Seal:
        digests = {
            part: {name: one.hexdigest()[:PART_LENGTH] for name, one in sorted(named.items())}
            for part, named in sorted(self._parts.items())
        }
        return Seal(self._whole.hexdigest(), digests)


def seal(lines: Iterable[Line]) -> Seal:
    return Sealer().add(lines).seal()


def differences(kept: Digests, found: Digests) -> list[Difference]:
    """Which parts differ, kind by kind; none where both are the same."""
    compared = (
        _difference(part, kept.get(part, {}), found.get(part, {}))
        for part in sorted({*kept, *found})
    )
    return [one for one in compared if one.names]


def _difference(part: str, kept: Mapping[str, str], found: Mapping[str, str]) -> Difference:
    both = kept.keys() & found.keys()
    return Difference(
        part,
        changed=tuple(sorted(name for name in both if kept[name] != found[name])),
        added=tuple(sorted(found.keys() - kept.keys())),
        gone=tuple(sorted(kept.keys() - found.keys())),
    )
