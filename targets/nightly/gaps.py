"""What it takes to catch up: how many more for each target, and who is nearest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from targets.gap.candidates import bed_gap, candidates_of, permission_to_name
from targets.indicators.calculation import Tree
from targets.nightly.lines import Compared
from targets.papers.naming import name_key, names_of
from targets.presenters import gap_text, value_text
from targets.results import TargetLine
from yiyang.access.scope import Actor

CANDIDATES_NAMED = 5
PERSONS_ARE_NOT_NAMED = "按人计，不列名单；有权的同事在缺口页面办理。"


def told_gaps(lines: Iterable[Compared], tree: Tree, reader: Actor) -> list[dict[str, Any]]:
    """Each target not reached that says how many more, with the nearest institutions by name."""
    behind = [one for one in lines if one.line.judgement.is_behind and gap_text(one.line)]
    titles = names_of(one.line for one in behind)
    return [_told(one, titles[name_key(one.line)], tree, reader) for one in behind]


def _told(one: Compared, title: str, tree: Tree, reader: Actor) -> dict[str, Any]:
    line = one.line
    is_of_persons = not reader.may(permission_to_name(line.indicator))
    beds = bed_gap(line.indicator, line.figure, line.goal.threshold)
    nearest = [] if is_of_persons else _nearest(line, tree, reader)
    return {
        "target": line.target.code,
        "indicator": line.indicator.code,
        "title": title,
        "named": one.name,
        "value": value_text(line.figure, line.indicator),
        "gap": gap_text(line),
        "needed": line.needed,
        "note": PERSONS_ARE_NOT_NAMED if is_of_persons else "",
        "ways": beds.words if beds else "",
        "candidates": nearest,
    }


def _nearest(line: TargetLine, tree: Tree, reader: Actor) -> list[dict[str, Any]]:
    found = candidates_of(
        line.indicator, day=line.run.as_of, region=line.region.pk, tree=tree, actor=reader
    )
    return [
        {
            "name": one.name,
            "region": one.region,
            "institution": one.institution_id,
            "lacks": list(one.lacks),
        }
        for one in [one for one in found if one.is_worth_asking][:CANDIDATES_NAMED]
    ]
