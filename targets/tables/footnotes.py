"""The counting settings as footnotes: printed under every page and paper that uses them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from django.conf import settings

from institutions.categories import HealthGroup
from institutions.models import PopulationBasis
from targets.indicators.base import Indicator
from targets.indicators.terms import CHANNEL_GROUPS_TEXT
from targets.models import IndicatorRun, PolicyChange, RevisionState, Target, TargetRevision
from targets.policies.changes import applied_steps
from targets.policies.revisions import READING, Changed, changes_of

CHANNELS, CARRIED, BASIS = "GREEN_CHANNEL_GROUPS", "REPORT_CARRY_DAYS", "POPULATION_BASIS"


def footnotes_of(run: IndicatorRun, indicator: str = "") -> tuple[str, ...]:
    """How the figures of `run` were counted, which targets were corrected, and the run itself.

    Corrections are those of the `indicator`, or all.
    """
    limit = settings.SMALL_CELL_LIMIT
    return (
        *rule_notes(),
        *judging_notes(),
        f"按人计的，不足 {limit} 人的数和能减出它来的数，只有可以看老年人的角色看得到。",
        *revision_notes(run.as_of, indicator),
        source_note(run),
    )


def rule_notes(readings: Iterable[Indicator] | None = None) -> tuple[str, ...]:
    """The counting settings in words: those behind the readings, or all."""
    groups = "、".join(str(HealthGroup(group).label) for group in settings.GREEN_CHANNEL_GROUPS)
    basis = PopulationBasis(settings.POPULATION_BASIS).label
    days = settings.REPORT_CARRY_DAYS
    steps = "挂号、就诊、缴费、取药四个环节都开通才算开设"
    notes = {
        CHANNELS: f"绿色通道计入的机构类别：{groups}；{steps}。",
        CARRIED: f"床位、在住、月报取最近一次报告，最多沿用 {days} 天，过期按缺报。",
        BASIS: f"人口分母取统计日以前最近一次公布的{basis}人口，未公布的不推算。",
    }
    if readings is None:
        return tuple(notes.values())
    behind = {name for one in readings for name in _settings_behind(one)}
    return tuple(note for name, note in notes.items() if name in behind)


def _settings_behind(reading: Indicator) -> Iterator[str]:
    """Which settings the figure hangs on; reports are carried where one can be missing."""
    if CHANNEL_GROUPS_TEXT in reading.population:
        yield CHANNELS
    for tally in (*reading.numerator, *reading.denominator):
        for name in tally.subject.settings:
            if name != CARRIED or tally.missing is not None:
                yield name


def judging_notes() -> tuple[str, ...]:
    """What a verdict needs, and how exactly it is taken."""
    return (
        f"上报率低于 {settings.MINIMUM_COVERAGE_PERCENT}% 的，不判定（资料不足）。",
        "达标按整数与分数比较，不低于含本数；百分数四舍五入到两位小数，只供阅读。",
    )


def source_note(run: IndicatorRun) -> str:
    """Where every figure comes from."""
    return f"来源：量度批次 {run.pk}，统计日 {run.as_of}，口径版本 {run.catalogue_digest[:12]}。"


def revision_notes(as_of: date, indicator: str = "") -> tuple[str, ...]:
    """Each correction of a target that the figures of `as_of` are judged by."""
    applied = TargetRevision.objects.filter(
        state=RevisionState.APPLIED, decided_on__isnull=False
    ).select_related("target__policy")
    if indicator:
        applied = applied.filter(target__indicator=indicator)
    notes = [note for revision in applied if (note := _note(revision, as_of))]
    return (*notes, *(_steps_note(*one) for one in applied_steps(indicator)))


def _steps_note(change: PolicyChange, target: Target, changed: Changed) -> str:
    return (
        f"“{target.wording}”（{change.policy.number}）{change.decided_on} 更正阶段目标："
        f"由“{changed.before}”改为“{changed.after}”，原因：{change.reason}；"
        "经市级审核，各统计日都照更正后的判定序时。"
    )


def _note(revision: TargetRevision, as_of: date) -> str:
    """What was changed from which day and why; nothing before a changed reading is judged by."""
    is_later = revision.decided_on is not None and revision.decided_on > as_of
    told = [c for c in changes_of(revision) if not (c.label == READING and is_later)]
    if not told:
        return ""
    changes = "、".join(f"{one.label}由“{one.before}”改为“{one.after}”" for one in told)
    has_reading = any(one.label == READING for one in told)
    reach = "口径只管自那天起的统计日，到期结果不变" if has_reading else "各统计日都照更正后的判定"
    return (
        f"“{revision.target.wording}”（{revision.target.policy.number}）"
        f"{revision.decided_on} 更正：{changes}，原因：{revision.reason}；经市级审核，{reach}。"
    )
