"""What the page of one policy shows: targets with their results, tasks with their bureaus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from institutions.history import HistoryEntry, Wording, changes_in_words, region_names
from institutions.models import Region
from targets.indicators.base import Indicator
from targets.indicators.catalogue import CATALOGUE, readings_of
from targets.models import (
    Milestone,
    PolicyChange,
    PolicyClause,
    PolicyDocument,
    PolicyTask,
    Target,
    TargetRevision,
    TaskBureau,
    TaskRole,
)
from targets.policies.confirmations import Confirmed, confirmations
from targets.presenters import Shown, present, threshold_number, threshold_text
from targets.regions import top_region
from targets.results import latest_run, targets_of
from targets.tables.due import due_lines
from yiyang.access.fields import INTERNAL, PUBLIC
from yiyang.access.models import User
from yiyang.access.scope import Actor

USUAL = "标准口径"


@dataclass(frozen=True, slots=True)
class DueResult:
    """What the target had reached on its due day, where the actor's table starts."""

    region: Region
    day: date
    shown: Shown


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """One target with its readings, its yearly steps and what became of it."""

    target: Target
    threshold: str
    judged: Indicator | None
    references: tuple[Indicator, ...]
    milestones: tuple[tuple[date, str], ...]
    due: DueResult | None
    confirmed: Confirmed | None
    pending: TargetRevision | None


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """One task with its bureaus as printed, by role in the printed order."""

    task: PolicyTask
    parts: tuple[tuple[str, str], ...]


def target_facts(policy: PolicyDocument, actor: Actor) -> list[TargetFacts]:
    """The policy's targets in their order; the number of queries does not grow with them."""
    chosen = PolicyDocument.objects.filter(pk=policy.pk)
    targets = list(targets_of(chosen))
    results = _due_results(targets, actor)
    confirmed = confirmations(Target, [target.pk for target in targets])
    return [_facts(t, results.get(t.pk), confirmed.get(t.pk)) for t in targets]


def _facts(target: Target, due: DueResult | None, confirmed: Confirmed | None) -> TargetFacts:
    readings = readings_of(target.indicator)
    judged = next((r for r in readings if r.reading == target.judged_reading), None)
    first = judged or (readings[0] if readings else None)
    pending = [one for one in target.revisions.all() if one.decided_by_id is None]
    return TargetFacts(
        target=target,
        threshold=threshold_text(target, first) if first else "无数字",
        judged=judged,
        references=tuple(record for record in readings if record is not judged),
        milestones=tuple(
            (step.due_on, threshold_number(step.threshold, first))
            for step in target.milestones.all()
            if first
        ),
        due=due,
        confirmed=confirmed,
        pending=pending[0] if pending else None,
    )


def _due_results(targets: Sequence[Target], actor: Actor) -> dict[int, DueResult]:
    run = latest_run()
    if run is None:
        return {}
    region = top_region(run, actor)
    found = due_lines(targets, [region], until=run.as_of, actor=actor)
    return {
        pk: DueResult(region, line.run.as_of, present(line))
        for (pk, _, _), line in found.items()
        if line.is_judged
    }


def task_facts(policy: PolicyDocument) -> list[TaskFacts]:
    """The policy's tasks in their order, each with its bureaus; two queries."""
    tasks = policy.tasks.prefetch_related("bureaus").order_by("position")
    return [TaskFacts(task, _parts(list(task.bureaus.all()))) for task in tasks]


def _parts(parts: Sequence[TaskBureau]) -> tuple[tuple[str, str], ...]:
    by_role: dict[str, list[str]] = {}
    for part in sorted(parts, key=lambda part: part.position):
        by_role.setdefault(part.role, []).append(part.printed_name)
    return tuple((str(TaskRole(role).label), "、".join(n)) for role, n in by_role.items())


def history_of(policy: PolicyDocument) -> list[HistoryEntry]:
    """The latest changes of the policy and of its parts, newest first."""
    targets = list(policy.targets.values_list("pk", flat=True))
    tasks = list(policy.tasks.values_list("pk", flat=True))
    rows = {
        PolicyDocument: [policy.pk],
        PolicyClause: list(policy.clauses.values_list("pk", flat=True)),
        Target: targets,
        Milestone: list(Milestone.objects.filter(target__in=targets).values_list("pk", flat=True)),
        TargetRevision: list(
            TargetRevision.objects.filter(target__in=targets).values_list("pk", flat=True)
        ),
        PolicyTask: tasks,
        TaskBureau: list(TaskBureau.objects.filter(task__in=tasks).values_list("pk", flat=True)),
        PolicyChange: list(policy.changes.values_list("pk", flat=True)),
    }
    return changes_in_words(rows, WORDING)


def _user_names(ids: object) -> dict[int, str]:
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "display_name"))


def _policy_numbers(ids: object) -> dict[int, str]:
    return dict(PolicyDocument.objects.filter(pk__in=ids).values_list("pk", "number"))


def _references(ids: object) -> dict[int, str]:
    return dict(PolicyClause.objects.filter(pk__in=ids).values_list("pk", "reference"))


def _wordings(ids: object) -> dict[int, str]:
    return dict(Target.objects.filter(pk__in=ids).values_list("pk", "wording"))


def _titles(ids: object) -> dict[int, str]:
    return dict(PolicyTask.objects.filter(pk__in=ids).values_list("pk", "title"))


def _reading_words() -> dict[str, str]:
    """What readings are called; one that each indicator calls otherwise by a general word."""
    titles: dict[str, set[str]] = {}
    for one in CATALOGUE:
        titles.setdefault(one.reading, set()).add(one.reading_title)
    return {code: min(found) if len(found) == 1 else USUAL for code, found in titles.items()}


READINGS = ("judged_reading", "reading_before", "reading_after")
WORDING = Wording(
    shown=frozenset({PUBLIC, INTERNAL}),
    silent=frozenset({"id", "slug", "policy", "bureau", "position", "before", "after"}),
    namers={
        Region: region_names,
        User: _user_names,
        PolicyDocument: _policy_numbers,
        PolicyClause: _references,
        Target: _wordings,
        PolicyTask: _titles,
    },
    words=dict.fromkeys(READINGS, _reading_words()),
)
