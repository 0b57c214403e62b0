"""A region tree read from a csv file of official codes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from institutions.models import Region, RegionLevel, RegionPlacement
from yiyang.changelog.context import Recorder, recorded
from yiyang.lib.sheets import Row, read_rows

HEADER = ("code", "name", "level", "parent")
LEVELS = [level.value for level in RegionLevel]
CODE_LENGTH = 12
NAME_LENGTH = 60


class RegionFileRefused(ValueError):
    """A region file with mistakes; nothing of it was written."""

    def __init__(self, mistakes: list[str]) -> None:
        self.mistakes = mistakes
        super().__init__("区划文件有误，一行也没有写入：\n" + "\n".join(mistakes))


@dataclass(frozen=True, slots=True)
class RegionLine:
    """One line of a region file; `parent` is empty at the top."""

    number: int
    code: str
    name: str
    level: str
    parent: str


@dataclass(frozen=True, slots=True)
class RegionsLoaded:
    """How much a region file added."""

    added: int
    unchanged: int


def read_regions(content: bytes) -> list[RegionLine]:
    """Return the lines of a region file, parents before children, or raise RegionFileRefused."""
    try:
        rows = list(read_rows(content))
    except ValueError as error:
        raise RegionFileRefused([str(error)]) from None
    if tuple(cell.lower() for cell in rows[0].cells[: len(HEADER)]) != HEADER:
        raise RegionFileRefused([f"第一行须是表头 {','.join(HEADER)}，请用模板填写。"])
    if len(rows) == 1:
        raise RegionFileRefused(["只有表头，没有一个区划，请填写后再载入。"])
    lines = [_line(row) for row in rows[1:]]
    mistakes = [mistake for line in lines for mistake in _mistakes(line)] or _bad_links(lines)
    if mistakes:
        raise RegionFileRefused(mistakes)
    return sorted(lines, key=lambda line: (LEVELS.index(line.level), line.code))


def load_regions(
    *, by: Recorder | None, content: bytes, starts_on: date, batch: str
) -> RegionsLoaded:
    """Add the regions of a file to the tree; a file loaded before changes nothing."""
    lines = read_regions(content)
    with recorded(by=by, reason="载入区划", batch=batch):
        known = {region.code: region for region in Region.objects.all()}
        mistakes = _contradictions(lines, known, _present_parents())
        if mistakes:
            raise RegionFileRefused(mistakes)
        new = [line for line in lines if line.code not in known]
        added = Region.objects.bulk_create(
            Region(code=line.code, name=line.name, level=line.level) for line in new
        )
        known |= {region.code: region for region in added}
        RegionPlacement.objects.bulk_create(
            RegionPlacement(region=known[line.code], parent=known[line.parent], starts_on=starts_on)
            for line in new
            if line.parent
        )
    return RegionsLoaded(added=len(new), unchanged=len(lines) - len(new))


def _line(row: Row) -> RegionLine:
    code, name, level, parent = (*row.cells, "", "", "", "")[: len(HEADER)]
    return RegionLine(row.number, code, name, level.upper(), parent)


def _mistakes(line: RegionLine) -> list[str]:
    """What is wrong with a line by itself."""
    at = f"第 {line.number} 行："
    found = []
    if not _is_code(line.code):
        found.append(f"{at}区划代码“{line.code}”须为 12 位数字，请核对（列须为文本格式）。")
    if not line.name or len(line.name) > NAME_LENGTH:
        found.append(f"{at}名称须为 1—{NAME_LENGTH} 个字，请核对。")
    if line.level not in LEVELS:
        known = "、".join(level.lower() for level in LEVELS)
        found.append(f"{at}级别“{line.level.lower()}”不认识，只能是 {known}。")
    if line.parent and not _is_code(line.parent):
        found.append(f"{at}上级代码“{line.parent}”须为 12 位数字，请核对。")
    return found


def _is_code(text: str) -> bool:
    return len(text) == CODE_LENGTH and text.isascii() and text.isdigit() and text[0] != "0"


def _bad_links(lines: list[RegionLine]) -> list[str]:
    """What is wrong between the lines: a code twice, a parent missing, in a circle or too low."""
    by_code: dict[str, RegionLine] = {}
    found = []
    for line in lines:
        if first := by_code.get(line.code):
            found.append(
                f"第 {line.number} 行：区划代码 {line.code} 与第 {first.number} 行重复，请删去。"
            )
        by_code.setdefault(line.code, line)
    return (
        found
        + [mistake for line in lines for mistake in _bad_parent(line, by_code)]
        + _circles(by_code)
    )


def _bad_parent(line: RegionLine, by_code: dict[str, RegionLine]) -> list[str]:
    at = f"第 {line.number} 行：{line.name}"
    if not line.parent:
        is_top = line.level == RegionLevel.PROVINCE
        return [] if is_top else [f"{at}没有上级，除省级外都须填写上级代码。"]
    parent = by_code.get(line.parent)
    if parent is None:
        return [f"{at}的上级 {line.parent} 不在文件里，请补上或改正。"]
    if parent is not line and LEVELS.index(parent.level) >= LEVELS.index(line.level):
        return [f"{at}的上级 {parent.name} 级别不高于它，请核对级别与上级代码。"]
    return []


def _circles(by_code: dict[str, RegionLine]) -> list[str]:
    """Name each region whose chain of parents comes back to itself."""
    found = []
    for line in by_code.values():
        seen = {line.code}
        parent = by_code.get(line.parent)
        while parent is not None and parent.code not in seen:
            seen.add(parent.code)
            parent = by_code.get(parent.parent)
        if parent is line:
            found.append(f"第 {line.number} 行：{line.name}的上级绕回到自己，请改正上级代码。")
    return found


def _present_parents() -> dict[str, str]:
    """Each placed region's parent today and from now on, by code."""
    placed = RegionPlacement.objects.kept().filter(ends_on=None)
    return dict(placed.values_list("region__code", "parent__code"))


def _contradictions(
    lines: list[RegionLine], known: dict[str, Region], parents: dict[str, str]
) -> list[str]:
    """Lines that say otherwise than the register; a change of region is no import."""
    found = []
    for line in lines:
        region = known.get(line.code)
        if region is None:
            continue
        registered = (region.name, region.level, parents.get(line.code, ""))
        if registered != (line.name, line.level, line.parent):
            found.append(
                f"第 {line.number} 行：{line.code} 已登记为“{region.name}”，"
                "名称、级别或上级与文件不同；更名、改级、改隶属请走区划调整。"
            )
    return found
