"""Corrections of targets in words: what was changed, why, and from which day."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass

from institutions.models import Region
from targets.indicators.catalogue import readings_of
from targets.models import IndicatorRun, PolicyDocument, Target, TargetRevision
from targets.presenters import Shown, present, threshold_text
from targets.results import TargetLine, target_lines
from yiyang.access.scope import Actor

READING, NOT_JUDGED = "判定口径", "不由机器判定"


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing a correction changes, before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What becomes of one region's verdict."""

    region: Region
    before: Shown | None
    after: Shown | None


def changes_of(revision: TargetRevision) -> list[Changed]:
    """What the correction changes, in words; nothing that stays."""
    before, after = _as_of(revision, is_after=False), _as_of(revision, is_after=True)
    said = [
        Changed(READING, reading_title(before), reading_title(after)),
        Changed("目标值", _threshold(before), _threshold(after)),
        Changed("目标说明", before.wording, after.wording),
        Changed("到期日", str(before.due_on or "没有年份"), str(after.due_on or "没有年份")),
    ]
    return [change for change in said if change.before != change.after]


def revisions_of(policy: PolicyDocument) -> list[tuple[TargetRevision, list[Changed]]]:
    """Every correction of the policy's targets, newest first; one query."""
    revisions = TargetRevision.objects.filter(target__policy=policy).select_related(
        "target", "proposed_by", "decided_by"
    )
    return [(revision, changes_of(revision)) for revision in revisions.order_by("-pk")]


def reading_title(target: Target) -> str:
    """The Chinese name of the judged reading."""
    titles = {r.reading: r.reading_title for r in readings_of(target.indicator)}
    return titles.get(target.judged_reading, NOT_JUDGED)


def effects_of(
    revision: TargetRevision, run: IndicatorRun, regions: Sequence[Region], actor: Actor
) -> list[Effect]:
    """The judged figure of each region before and after, held against the run."""
    sides = [_lines(revision, run, regions, actor, is_after=side) for side in (False, True)]
    before, after = sides
    return [Effect(r, before.get(r.pk), after.get(r.pk)) for r in regions]


def _lines(
    revision: TargetRevision,
    run: IndicatorRun,
    regions: Sequence[Region],
    actor: Actor,
    *,
    is_after: bool,
) -> dict[int, Shown]:
    target = _as_of(revision, is_after=is_after)
    lines: list[TargetLine] = target_lines(run, regions, [target], actor=actor)
    return {line.region.pk: present(line) for line in lines if line.is_judged}


def _as_of(revision: TargetRevision, *, is_after: bool) -> Target:
    side = "after" if is_after else "before"
    target = copy.copy(revision.target)
    # 试算一份还没有生效的更正：不照已有的更正再退回去。
    target._prefetched_objects_cache = {  # type: ignore[attr-defined]
        "revisions": TargetRevision.objects.none(),
        "milestones": revision.target.milestones.all(),
    }
    target.judged_reading = getattr(revision, f"reading_{side}")
    target.comparator = getattr(revision, f"comparator_{side}")
    target.threshold = getattr(revision, f"threshold_{side}")
    target.threshold_upper = getattr(revision, f"upper_{side}")
    target.due_on = getattr(revision, f"due_{side}")
    target.wording = getattr(revision, f"wording_{side}")
    return target


def _threshold(target: Target) -> str:
    return threshold_text(target, readings_of(target.indicator)[0])
