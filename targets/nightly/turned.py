"""What fell behind and what was reached since the day compared first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from targets.nightly.lines import Compared, is_told
from targets.nightly.spans import Span
from targets.papers.naming import name_key, names_of
from targets.presenters import present
from targets.results import TargetLine


def told_lost(lines: Iterable[Compared], span: Span) -> list[dict[str, Any]]:
    """What is behind and was not: a target that asked for nothing yet was not behind."""
    return _told([one for one in _both(lines, span) if _is_lost(one.line, one.before[span])], span)


def told_met(lines: Iterable[Compared], span: Span) -> list[dict[str, Any]]:
    """What is met and was behind."""
    return _told([one for one in _both(lines, span) if _is_met(one.line, one.before[span])], span)


def turned_of(content: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """All that turned, as printed: 新增未达标, 新增落后序时 or 新达标, the region's own first."""
    lost = [*content["newly_lost"], *content["districts_lost"]]
    met = [*content["newly_met"], *content["districts_met"]]
    return [*((f"新增{one['word']}", one) for one in lost), *(("新达标", one) for one in met)]


def _both(lines: Iterable[Compared], span: Span) -> list[Compared]:
    return [one for one in lines if one.line.is_judged and span in one.before]


def _is_lost(line: TargetLine, before: TargetLine) -> bool:
    return line.judgement.is_behind and not _was_behind(before)


def _is_met(line: TargetLine, before: TargetLine) -> bool:
    return line.judgement.is_met and _was_behind(before)


def _was_behind(before: TargetLine) -> bool:
    return is_told(before) and before.judgement.is_behind


def _told(turned: list[Compared], span: Span) -> list[dict[str, Any]]:
    names = names_of(one.line for one in turned)
    return [_told_turn(one, names[name_key(one.line)], span) for one in turned]


def _told_turn(one: Compared, title: str, span: Span) -> dict[str, Any]:
    before, after = present(one.before[span]), present(one.line)
    return {
        "target": one.line.target.code,
        "indicator": one.line.indicator.code,
        "region": one.line.region.name,
        "code": one.line.region.code,
        "title": title,
        "named": one.name,
        "word": after.word,
        "before": f"{before.value}（{before.word}）",
        "after": f"{after.value}（{after.word}）",
    }
