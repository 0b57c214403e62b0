"""Which column of an office's sheet is which cell of the register: known, remembered or alike."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from institutions.imports.table import plain
from institutions.ingest.registers import Cell, RegisterSheet
from institutions.models import ColumnMatch
from yiyang.access.scope import Actor

ALIKE = 0.72
UPPER = "／"
IGNORED = {"序号", "备注", "编号", "NO", "行号", "说明", "结果", "原因"}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A cell's name for each column (empty: not used), and which of them are only guesses."""

    columns: tuple[str, ...]
    guesses: frozenset[int] = frozenset()
    is_remembered: bool = False


def knows(sheet: RegisterSheet) -> set[str]:
    """Every heading by which a cell of the sheet is known."""
    return {plain(word) for cell in sheet.cells for word in words_of(cell)}


def words_of(cell: Cell) -> tuple[str, ...]:
    return (cell.heading, *cell.also)


def suggest(sheet: RegisterSheet, headings: Sequence[str], actor: Actor) -> Suggestion:
    """As this account matched this header before, else by synonyms, else by likeness."""
    remembered = ColumnMatch.objects.visible_to(actor).filter(
        register=sheet.name, header_digest=digest_of(headings)
    )
    kept = remembered.values_list("columns", flat=True).first()
    known = {cell.name for cell in sheet.cells}
    if kept is not None and {name for name in kept if name} <= known:
        return Suggestion(tuple(kept), is_remembered=True)
    return by_words(sheet, headings)


def by_words(sheet: RegisterSheet, headings: Sequence[str]) -> Suggestion:
    """Exact headings and synonyms first; what is left over by likeness."""
    columns = [""] * len(headings)
    free = {cell.name: cell for cell in sheet.cells}
    # 先认本名再认别名：同时有“编号”与“协议编号”时，本名优先。
    for pick in (lambda cell: (cell.heading,), words_of):
        for place, heading in enumerate(headings):
            if not columns[place] and (name := _exact(free, heading, pick)):
                columns[place] = name
                del free[name]
    guesses = set()
    for place, heading in enumerate(headings):
        if not heading or columns[place] or plain(heading) in IGNORED:
            continue
        if name := _alike(free, heading):
            columns[place] = name
            guesses.add(place)
            del free[name]
    return Suggestion(tuple(columns), frozenset(guesses))


def _exact(free: dict[str, Cell], heading: str, pick: object) -> str:
    tried = list(_forms(heading))
    for name, cell in free.items():
        words = {plain(word) for word in pick(cell)}  # type: ignore[operator]
        if words.intersection(tried):
            return name
    return ""


def _forms(heading: str) -> Iterator[str]:
    """A merged heading is tried whole, joined, and by its lower and upper half."""
    yield plain(heading)
    if UPPER in heading:
        upper, _, lower = heading.partition(UPPER)
        yield plain(upper + lower)
        yield plain(lower + upper)
        yield plain(lower)


def _alike(free: dict[str, Cell], heading: str) -> str:
    scores = {
        name: max(
            SequenceMatcher(None, form, plain(word)).ratio()
            for form in _forms(heading)
            for word in words_of(cell)
        )
        for name, cell in free.items()
    }
    best = max(scores, key=lambda name: scores[name], default="")
    return best if best and scores[best] >= ALIKE else ""


def digest_of(headings: Sequence[str]) -> str:
    """The fingerprint of a header, the same for the same words."""
    words = json.dumps([plain(heading) for heading in headings], ensure_ascii=False)
    return hashlib.sha256(words.encode()).hexdigest()


def lacking(sheet: RegisterSheet, columns: Sequence[str]) -> list[str]:
    """The headings of required cells that no column is matched to."""
    return [cell.heading for cell in sheet.cells if cell.is_required and cell.name not in columns]
