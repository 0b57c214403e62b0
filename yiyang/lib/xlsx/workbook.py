"""Where a workbook keeps its first sheet, and from which year it counts its days."""

from dataclasses import dataclass, field
from zipfile import ZipFile

from yiyang.lib.xlsx.parts import (
    MAX_DEPTH,
    Attributes,
    BrokenWorkbookError,
    find_part,
    local,
    read_part,
)

WORKBOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
YES = {"1", "true"}


@dataclass(slots=True)
class _Elements:
    """Hears the attributes of the elements asked for; deep nesting is refused."""

    names: frozenset[str]
    found: list[tuple[str, Attributes]] = field(default_factory=list)
    is_done: bool = False
    _depth: int = 0

    def start(self, name: str, attributes: Attributes) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise BrokenWorkbookError
        if local(name) in self.names:
            named = {local(key): value for key, value in attributes.items()}
            self.found.append((local(name), named))

    def end(self, _: str) -> None:
        self._depth -= 1

    def text(self, _: str, /) -> None:
        """The elements asked for say everything in their attributes."""

    def heard(self) -> int:
        return 0


def _elements(archive: ZipFile, path: str, *names: str) -> list[tuple[str, Attributes]]:
    elements = _Elements(frozenset(names))
    read_part(archive, path, elements)
    return elements.found


def first_sheet(archive: ZipFile) -> tuple[str, bool]:
    """The member that holds the first sheet; whether days are counted from 1904."""
    found = _elements(archive, WORKBOOK, "sheet", "workbookPr")
    is_1904 = any(one.get("date1904") in YES for element, one in found if element == "workbookPr")
    wanted = next((one.get("id") for element, one in found if element == "sheet"), None)
    relations = _elements(archive, RELATIONS, "Relationship")
    targets = {one.get("Id"): one.get("Target", "") for _, one in relations}
    member = find_part(archive, _path(targets.get(wanted, ""))) if wanted else None
    if member is None:
        raise BrokenWorkbookError
    return member, is_1904


def _path(target: str) -> str:
    """A target from the root of the zip: they are written from there or from the workbook."""
    plain = target.removeprefix("/")
    return plain if plain.startswith("xl/") else f"xl/{plain}"
