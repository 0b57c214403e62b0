"""The steps of a plan in words, each with whether the registers say it came true."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from contracts.models import PartnershipAgreement
from institutions.models import BedBasis, BedCount, BedRegister, GreenChannel, Licence
from targets.indicators.catalogue import readings_of
from targets.models import Plan, PlanStep, StepKind, Target
from targets.plans.choices import names_of

K = StepKind
Outcome = tuple[str, bool]
NOT_YET: Outcome = ("尚未实现", False)


@dataclass(frozen=True, slots=True)
class Register:
    """The rows the steps of one plan are about, fetched at once whatever their number."""

    names: dict[int, str]
    agreements: dict[int, PartnershipAgreement]
    signed: dict[tuple[int, int], PartnershipAgreement]
    channels: dict[int, GreenChannel]
    licences: dict[int, Licence]
    valid_licences: dict[tuple[int, str], Licence]
    nursing_before: dict[int, int]
    nursing_now: dict[int, int]
    targets: dict[int, Target]


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step in words, and whether it came true by the day looked at."""

    step: PlanStep
    text: str
    outcome: str
    came_true: bool


def step_lines(plan: Plan, *, day: date) -> list[StepLine]:
    """The steps of the plan with what the registers say of each on `day`."""
    steps = list(plan.steps.order_by("position"))
    register = _register(plan, steps, day)
    return [
        StepLine(step, TEXTS[kind](step, register), *OUTCOMES[kind](step, register, day))
        for step in steps
        for kind in (StepKind(step.kind),)
    ]


def _register(plan: Plan, steps: Sequence[PlanStep], day: date) -> Register:
    subjects: dict[str, set[int]] = {kind: set() for kind in K}
    for step in steps:
        subjects[step.kind].add(step.subject_id)
    partners = {step.partner_id for step in steps if step.partner_id is not None}
    agreements = PartnershipAgreement.objects.in_bulk(subjects[K.SIGN_AGREEMENT])
    licences = Licence.objects.in_bulk(subjects[K.RENEW_LICENCE])
    homes = subjects[K.ADD_BEDS] | subjects[K.CONVERT_BEDS]
    drawn_up = plan.created_at.astimezone(timezone.get_current_timezone()).date()
    named = {
        *(subjects[K.NEW_AGREEMENT] | subjects[K.OPEN_CHANNEL] | homes | partners),
        *(party for a in agreements.values() for party in (a.medical_id, a.elderly_id)),
        *(licence.institution_id for licence in licences.values()),
    }
    return Register(
        names=names_of(named, plan.as_of),
        agreements=agreements,
        signed=_signed(subjects[K.NEW_AGREEMENT], partners, day),
        channels=_full_channels(subjects[K.OPEN_CHANNEL], day),
        licences=licences,
        valid_licences=_valid_licences(licences.values(), day),
        nursing_before=_nursing(homes, min(plan.as_of, drawn_up)),
        nursing_now=_nursing(homes, day),
        targets=Target.objects.select_related("policy").in_bulk(subjects[K.CHANGE_TARGET]),
    )


def _signed(
    medical: set[int], elderly: set[int], day: date
) -> dict[tuple[int, int], PartnershipAgreement]:
    rows = PartnershipAgreement.objects.in_force(day).filter(
        medical__in=medical, elderly__in=elderly
    )
    return {(row.medical_id, row.elderly_id): row for row in rows.order_by("-starts_on")}


def _full_channels(institutions: set[int], day: date) -> dict[int, GreenChannel]:
    rows = GreenChannel.objects.on(day).full().filter(institution__in=institutions)
    return {row.institution_id: row for row in rows}


def _valid_licences(licences: Iterable[Licence], day: date) -> dict[tuple[int, str], Licence]:
    holders = {licence.institution_id for licence in licences}
    rows = Licence.objects.on(day).filter(institution__in=holders)
    return {(row.institution_id, row.kind): row for row in rows}


def _nursing(institutions: set[int], day: date) -> dict[int, int]:
    """Nursing beds of each institution's last report by the day."""
    reports = BedCount.objects.kept().filter(
        institution__in=institutions,
        register=BedRegister.CIVIL_AFFAIRS,
        basis=BedBasis.ACTUAL,
        counted_on__lte=day,
    )
    latest = reports.order_by("institution_id", "-counted_on", "-id").distinct("institution_id")
    return dict(latest.values_list("institution_id", "nursing"))


def _agreement_text(step: PlanStep, register: Register) -> str:
    agreement = register.agreements[step.subject_id]
    medical, elderly = (
        register.names.get(party, "") for party in (agreement.medical_id, agreement.elderly_id)
    )
    return f"{agreement.number}：{medical}—{elderly}"


def _pair_text(step: PlanStep, register: Register) -> str:
    return f"{register.names[step.subject_id]}—{register.names[step.partner_id or 0]}"


def _institution_text(step: PlanStep, register: Register) -> str:
    return register.names[step.subject_id]


def _beds_text(step: PlanStep, register: Register) -> str:
    return f"{register.names[step.subject_id]}，{int(step.amount or 0)} 张"


def _licence_text(step: PlanStep, register: Register) -> str:
    licence = register.licences[step.subject_id]
    name = register.names.get(licence.institution_id, "")
    return f"{name}：{licence.get_kind_display()} {licence.number}"


def _target_text(step: PlanStep, register: Register) -> str:
    target = register.targets[step.subject_id]
    changed = threshold_words(target, step.amount)
    return f"{target.wording}（{target.policy.number}），改为 {changed}"


def threshold_words(target: Target, amount: Decimal | None) -> str:
    """A threshold as the clerk types it: "65%" for a share, "5 个" for a count."""
    indicator = readings_of(target.indicator)[0]
    number = amount or Decimal(0)
    if indicator.is_ratio:
        return f"{(number * 100).normalize():f}%"
    return f"{number.normalize():f} {indicator.measure}"


def _signed_outcome(step: PlanStep, register: Register, day: date) -> Outcome:
    agreement = register.agreements[step.subject_id]
    signed_on = agreement.signed_on
    if signed_on is None or signed_on > day or agreement.voided_at is not None:
        return NOT_YET
    return (f"已于 {signed_on} 签订", True)


def _made_outcome(step: PlanStep, register: Register, _day: date) -> Outcome:
    made = register.signed.get((step.subject_id, step.partner_id or 0))
    return (f"已签 {made.number}", True) if made else NOT_YET


def _channel_outcome(step: PlanStep, register: Register, _day: date) -> Outcome:
    channel = register.channels.get(step.subject_id)
    return (f"已于 {channel.starts_on} 四个环节开通", True) if channel else NOT_YET


def _licence_outcome(step: PlanStep, register: Register, _day: date) -> Outcome:
    licence = register.licences[step.subject_id]
    valid = register.valid_licences.get((licence.institution_id, licence.kind))
    if valid is None:
        return NOT_YET
    return (f"有效期至 {valid.ends_on}" if valid.ends_on else "已长期有效", True)


def _target_outcome(step: PlanStep, register: Register, _day: date) -> Outcome:
    changed = register.targets[step.subject_id].threshold == step.amount
    return ("目标已改", True) if changed else NOT_YET


def _beds_outcome(step: PlanStep, register: Register, _day: date) -> Outcome:
    before = register.nursing_before.get(step.subject_id)
    now = register.nursing_now.get(step.subject_id)
    if before is None or now is None or now <= before:
        return NOT_YET
    gained, wanted = now - before, int(step.amount or 0)
    return (f"护理型床位已增 {gained} 张，设想 {wanted} 张", gained >= wanted)


TEXTS: dict[StepKind, Callable[[PlanStep, Register], str]] = {
    K.SIGN_AGREEMENT: _agreement_text,
    K.NEW_AGREEMENT: _pair_text,
    K.OPEN_CHANNEL: _institution_text,
    K.ADD_BEDS: _beds_text,
    K.CONVERT_BEDS: _beds_text,
    K.RENEW_LICENCE: _licence_text,
    K.CHANGE_TARGET: _target_text,
}
OUTCOMES: dict[StepKind, Callable[[PlanStep, Register, date], Outcome]] = {
    K.SIGN_AGREEMENT: _signed_outcome,
    K.NEW_AGREEMENT: _made_outcome,
    K.OPEN_CHANNEL: _channel_outcome,
    K.ADD_BEDS: _beds_outcome,
    K.CONVERT_BEDS: _beds_outcome,
    K.RENEW_LICENCE: _licence_outcome,
    K.CHANGE_TARGET: _target_outcome,
}
