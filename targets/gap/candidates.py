"""还差几家: how many more it takes to reach a target, and who is nearest to being counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from math import ceil
from typing import Any

from django.db.models import Count, QuerySet

from institutions.models import InstitutionContact
from institutions.models.services import FULL_CHANNEL, ChannelStep
from targets.explain.naming import naming_of
from targets.explain.records import PERMISSIONS
from targets.indicators.base import Indicator, Outcome, RollUp, Subject, flag
from targets.indicators.calculation import Figure, Tree
from targets.indicators.measure import RecordSet, records_behind
from targets.indicators.remedies import Checklist, Lack, checklist_of
from targets.models import ContactNote
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor

NOTES_SHOWN = 3
ANY_DAY = date(2000, 1, 1)
NOT_COUNTED = "未计入"
BED_SHARES = frozenset({("BD20", "city_sum"), ("BD20", "elderly_beds_only"), ("NURS", "standard")})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that does not count yet: what it lacks, lightest first, and whom to call.

    Whoever is shut is not worth asking: a list of all shows it last, advice leaves it out.
    """

    name: str
    region: str
    region_id: int | None
    institution_id: int | None
    code: str
    lacks: tuple[str, ...]
    effort: int
    is_worth_asking: bool = True
    contact: InstitutionContact | None = None
    notes: tuple[ContactNote, ...] = ()


@dataclass(frozen=True, slots=True)
class Headcount:
    """How many persons are not counted for one reason; persons are never named (rules.md 26)."""

    subject: Subject
    reason: str
    records: int


@dataclass(frozen=True, slots=True)
class BedGap:
    """Two ways to a bed share: build care beds, or convert beds there are; None if impossible."""

    to_add: int | None
    to_convert: int

    @property
    def words(self) -> str:
        """Both ways in a sentence."""
        convert = f"改造现有床位须{self.to_convert}张"
        if self.to_add is None:
            return f"{convert}；只靠新增达不到"
        return f"{convert}，或新增护理、康复型床位{self.to_add}张"


# ── 还差多少 ──────────────────────────────────────────────────────────────────


def beds_to_add(care: int, beds: int, share: Fraction) -> int | None:
    """New care beds until care beds make up `share` of all; each new one is in both.

    None where no number of new beds will do: all must be care beds and one is not.
    """
    lacking = share * beds - care
    if lacking <= 0:
        return 0
    return None if share >= 1 else ceil(lacking / (1 - share))


def beds_to_convert(care: int, beds: int, share: Fraction) -> int:
    """Beds to turn into care beds, their total staying as it is."""
    return max(0, ceil(share * beds) - care)


def bed_gap(indicator: Indicator, figure: Figure, share: Fraction | None) -> BedGap | None:
    """The two ways for a bed share; None for other indicators, without beds or a target."""
    if indicator.key not in BED_SHARES or share is None or share > 1:
        return None
    if figure.numerator is None or not figure.denominator:
        return None
    care, beds = figure.numerator, figure.denominator
    return BedGap(beds_to_add(care, beds, share), beds_to_convert(care, beds, share))


# ── 差的是谁 ──────────────────────────────────────────────────────────────────


def permission_to_name(indicator: Indicator) -> Permission:
    """What it takes to see the candidates one by one."""
    model: Any = indicator.numerator[0].subject.rows(ANY_DAY).model
    return PERMISSIONS.get(model, Permission.VIEW_TARGETS)


def candidates_of(
    indicator: Indicator, *, day: date, region: int, tree: Tree, actor: Actor
) -> list[Candidate]:
    """The institutions in the actor's scope that do not count on `day`, nearest first."""
    checklist = checklist_of(indicator.key)
    found = [
        candidate
        for record_set in records_behind(indicator.numerator, day=day, region=region, tree=tree)
        if not _is_of_persons(record_set)
        for candidate in _candidates(record_set, checklist, day, actor)
    ]
    return sorted(found, key=_distance)


def _distance(one: Candidate) -> tuple[bool, int, int, str, str]:
    return (not one.is_worth_asking, len(one.lacks), one.effort, one.name, one.code)


def headcounts_of(indicator: Indicator, *, day: date, region: int, tree: Tree) -> list[Headcount]:
    """The persons not counted on `day`, by reason."""
    return [
        Headcount(record_set.tally.subject, _reason(group["outcome"]), group["records"])
        for record_set in records_behind(indicator.numerator, day=day, region=region, tree=tree)
        if _is_of_persons(record_set)
        for group in record_set.rows.exclude(outcome=Outcome.COUNTED.value)
        .order_by()
        .values("outcome")
        .annotate(records=Count("pk"))
        .order_by("-records", "outcome")
    ]


def with_contacts(
    candidates: Sequence[Candidate], *, code: str, day: date, actor: Actor
) -> list[Candidate]:
    """The candidates with whom to call on `day` and the last notes, in two queries."""
    called = {one.institution_id for one in candidates if one.institution_id}
    contacts = {
        contact.institution_id: contact
        for contact in InstitutionContact.objects.on(day)
        .visible_to(actor)
        .filter(institution__in=called)
    }
    notes: dict[int, list[ContactNote]] = {}
    for note in (
        ContactNote.objects.kept()
        .visible_to(actor)
        .filter(institution__in=called, indicator=code)
        .select_related("author")
        .order_by("-contacted_on", "-pk")
    ):
        notes.setdefault(note.institution_id, []).append(note)
    return [
        replace(
            one,
            contact=contacts.get(one.institution_id or 0),
            notes=tuple(notes.get(one.institution_id or 0, ())[:NOTES_SHOWN]),
        )
        for one in candidates
    ]


def _is_of_persons(record_set: RecordSet) -> bool:
    """Persons and head counts: counted here, listed only on the record page."""
    subject = record_set.tally.subject
    return subject.is_personal or subject.roll_up is RollUp.STATED or subject.name == "streets"


def _candidates(
    record_set: RecordSet, checklist: Checklist, day: date, actor: Actor
) -> list[Candidate]:
    subject = record_set.tally.subject
    naming = naming_of(subject)
    rows: QuerySet[Any] = record_set.rows.exclude(outcome=Outcome.COUNTED.value)
    rows = rows.annotate(**checklist.facts(day)).annotate(**_lack_flags(checklist))
    if checklist.hopeless is not None:
        rows = rows.annotate(is_hopeless=flag(checklist.hopeless)).filter(is_hopeless=False)
    since = {lack.since for need in checklist.needs for lack in need.lacks if lack.since}
    told = {*naming.paths(subject), f"{subject.region}__id"}
    wanted = {"outcome", *told, *_lack_flags(checklist), *since, *checklist.reads}
    visible = rows.visible_to(actor).order_by("pk")  # type: ignore[attr-defined]
    return [_candidate(row, subject, checklist, day) for row in visible.values(*wanted)]


def _candidate(
    row: Mapping[str, Any], subject: Subject, checklist: Checklist, day: date
) -> Candidate:
    naming = naming_of(subject)
    lacks = sorted(_lacks_of(row, checklist), key=lambda lack: lack.effort)
    told = [_told(lack, row, day) for lack in lacks] or [_reason(row["outcome"])]
    return Candidate(
        name=naming.name_of(row),
        region=row[f"{subject.region}__name"] or "",
        region_id=row[f"{subject.region}__id"],
        institution_id=naming.institution_of(row),
        code=naming.code_of(row),
        lacks=tuple(told),
        effort=sum(lack.effort for lack in lacks),
        is_worth_asking=not any(lack.is_shut for lack in lacks),
    )


def _lack_flags(checklist: Checklist) -> dict[str, Any]:
    """For each need whether it is met, and for each of its lacks whether it applies."""
    flags: dict[str, Any] = {}
    for n, need in enumerate(checklist.needs):
        flags[f"met_{n}"] = flag(need.met)
        for k, lack in enumerate(need.lacks):
            if lack.where:
                flags[f"lack_{n}_{k}"] = flag(lack.where)
    return flags


def _lacks_of(row: Mapping[str, Any], checklist: Checklist) -> list[Lack]:
    """The first lack that applies for each need not met."""
    found = []
    for n, need in enumerate(checklist.needs):
        if not row[f"met_{n}"]:
            applying = (lack for k, lack in enumerate(need.lacks) if row.get(f"lack_{n}_{k}", True))
            found += list(applying)[:1]
    return found


def _told(lack: Lack, row: Mapping[str, Any], day: date) -> str:
    """The lack's words with days, steps and beds filled in."""
    text = lack.text
    if lack.since:
        text = text.replace("{days}", str((day - row[lack.since]).days))
    if "{steps}" in text:
        missing = [step for step in FULL_CHANNEL if step not in (row["channel_steps"] or ())]
        text = text.replace("{steps}", "、".join(str(ChannelStep(s).label) for s in missing))
    if "{beds}" in text:
        text = text.replace("{beds}", str(ceil(Fraction(-row["care_beds_above_30_percent"], 10))))
    return text


def _reason(outcome: str) -> str:
    titles = {Outcome.NOT_COUNTED.value: NOT_COUNTED, Outcome.MISSING.value: "缺报"}
    return titles.get(outcome, outcome)
