"""What each kind of step supposes, told with the same rules the registers' own verbs follow."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q

from contracts.models import AgreementMode, PartnershipAgreement
from institutions.models import (
    BedBasis,
    BedCount,
    BedRegister,
    GreenChannel,
    InstitutionProfile,
    Licence,
)
from institutions.models.services import FULL_CHANNEL
from targets.indicators.catalogue import readings_of
from targets.models import Comparator, PlanStep, StepKind, Target
from targets.plans.overlay import Overlay

MOST_BEDS = 99_999
Supposing = Callable[[Overlay, PlanStep, date], None]


def suppose(steps: Iterable[PlanStep], day: date) -> Overlay:
    """The registers of `day` with every step taken in order.

    ValidationError names the step that cannot be taken, and why.
    """
    overlay = Overlay()
    for number, step in enumerate(steps, start=1):
        try:
            SUPPOSING[StepKind(step.kind)](overlay, step, day)
        except ValidationError as error:
            said = "".join(error.messages)
            raise ValidationError(f"第 {number} 步“{step.get_kind_display()}”：{said}") from error
    return overlay


def _sign_agreement(overlay: Overlay, step: PlanStep, day: date) -> None:
    draft = overlay.first(PartnershipAgreement.objects.kept().filter(pk=step.subject_id))
    if draft is None:
        raise ValidationError("没有这份协议，或已作废；请从列表里选择。")
    if draft.signed_on is not None:
        raise ValidationError(
            f"协议 {draft.number} 已于 {draft.signed_on} 签订，不是草稿；请选草拟的协议。"
        )
    if draft.starts_on > day:
        raise ValidationError(
            f"协议 {draft.number} 到 {draft.starts_on} 才生效，晚于方案的统计日 {day}；"
            "请另建统计日更晚的方案。"
        )
    last_day = _last_day(draft)
    if last_day is not None and last_day < day:
        raise ValidationError(f"协议 {draft.number} 在 {day} 已经到期；请改为新签一份协议。")
    draft.signed_on = day
    _refuse_overlap(overlay, draft)
    overlay.replace(draft)


def _new_agreement(overlay: Overlay, step: PlanStep, day: date) -> None:
    if step.partner_id is None:
        raise ValidationError("新签协议须选医疗方和养老方两家机构。")
    if step.partner_id == step.subject_id:
        raise ValidationError("协议双方不能是同一个机构，请另选一方。")
    _profile(overlay, step.subject_id, day, ~Q(category=""), "医疗卫生机构")
    _profile(overlay, step.partner_id, day, ~Q(elderly_kind=""), "养老服务机构")
    agreement = PartnershipAgreement(
        number=f"设想-{step.position}",
        medical_id=step.subject_id,
        elderly_id=step.partner_id,
        mode=AgreementMode.COOPERATION,
        signed_on=day,
        starts_on=day,
    )
    _refuse_overlap(overlay, agreement)
    overlay.add(agreement)


def _open_channel(overlay: Overlay, step: PlanStep, day: date) -> None:
    profile = _profile(overlay, step.subject_id, day, ~Q(category=""), "医疗卫生机构")
    channels = GreenChannel.objects.kept().filter(institution=step.subject_id)
    current = overlay.first(channels.on(day))
    if current is not None and set(FULL_CHANNEL) <= set(current.steps):
        raise ValidationError(f"{profile.name} 在 {day} 四个环节都已开通，不必设想。")
    later = overlay.first(channels.filter(starts_on__gt=day).order_by("starts_on"))
    ends_on = later.starts_on - timedelta(days=1) if later else None
    steps = FULL_CHANNEL
    if current is not None:
        ends_on = current.ends_on
        steps = [*FULL_CHANNEL, *(part for part in current.steps if part not in FULL_CHANNEL)]
        _end_before(overlay, current, day)
    overlay.add(
        GreenChannel(institution_id=step.subject_id, steps=steps, starts_on=day, ends_on=ends_on)
    )


def _end_before(overlay: Overlay, channel: GreenChannel, day: date) -> None:
    if channel.starts_on == day:
        overlay.remove(channel)
    else:
        channel.ends_on = day - timedelta(days=1)
        overlay.replace(channel)


def _add_beds(overlay: Overlay, step: PlanStep, day: date) -> None:
    beds, added = _latest_beds(overlay, step, day), _whole(step.amount, "床位数")
    _report(overlay, beds, day, total=beds.total + added, nursing=beds.nursing + added)


def _convert_beds(overlay: Overlay, step: PlanStep, day: date) -> None:
    beds, converted = _latest_beds(overlay, step, day), _whole(step.amount, "床位数")
    ordinary = max(0, beds.total - beds.nursing - beds.rehabilitation - beds.hospice)
    if converted > ordinary:
        raise ValidationError(
            f"该机构 {beds.counted_on} 报有普通床位 {ordinary} 张，不够转 {converted} 张；"
            f"请填不超过 {ordinary} 的数。"
        )
    _report(overlay, beds, day, total=beds.total, nursing=beds.nursing + converted)


def _latest_beds(overlay: Overlay, step: PlanStep, day: date) -> BedCount:
    """The report a run of `day` would count; a report too old says nothing about today's beds."""
    profile = _profile(overlay, step.subject_id, day, ~Q(elderly_kind=""), "养老服务机构")
    reports = BedCount.objects.counted_between(
        day - timedelta(days=settings.REPORT_CARRY_DAYS), day
    ).filter(institution=step.subject_id, register=BedRegister.CIVIL_AFFAIRS, basis=BedBasis.ACTUAL)
    latest = overlay.first(reports.order_by("-counted_on", "-id"))
    if latest is None:
        raise ValidationError(
            f"{profile.name} 到 {day} 没有一季度之内的床位报表，不知道现有多少床；请先补报。"
        )
    return latest


def _report(overlay: Overlay, latest: BedCount, day: date, **counts: int) -> None:
    supposed = copy.copy(latest)
    supposed.counted_on = day
    for name, value in counts.items():
        setattr(supposed, name, value)
    if latest.counted_on == day:
        overlay.remove(latest)
    overlay.add(supposed)


def _renew_licence(overlay: Overlay, step: PlanStep, day: date) -> None:
    licence = overlay.first(Licence.objects.kept().filter(pk=step.subject_id))
    if licence is None:
        raise ValidationError("没有这份证照，或已作废；请从列表里选择。")
    same_kind = Licence.objects.kept().filter(institution=licence.institution_id, kind=licence.kind)
    valid = overlay.first(same_kind.on(day))
    if valid is not None:
        until = f"（至 {valid.ends_on}）" if valid.ends_on else ""
        raise ValidationError(f"{licence.number} 的同类证照在 {day} 有效{until}，不必续期。")
    if licence.starts_on > day:
        raise ValidationError(f"{licence.number} 在 {day} 还没有发放，不能设想续期。")
    later = overlay.first(same_kind.filter(starts_on__gt=day).order_by("starts_on"))
    renewed = copy.copy(licence)
    renewed.starts_on = day
    renewed.ends_on = later.starts_on - timedelta(days=1) if later else None
    overlay.add(renewed)


def _change_target(overlay: Overlay, step: PlanStep, _day: date) -> None:
    targets = Target.objects.published().select_related("policy", "clause", "region")
    target = targets.prefetch_related("milestones").filter(pk=step.subject_id).first()
    if target is None:
        raise ValidationError("没有这个目标；请从列表里选择。")
    if target.comparator == Comparator.NONE:
        raise ValidationError(f"“{target.wording}”没有数字，不能改变目标值。")
    if step.amount is None or step.amount <= 0:
        raise ValidationError("新目标值须大于 0。")
    readings = readings_of(target.indicator)
    if readings and readings[0].is_ratio and step.amount > 1:
        raise ValidationError("占比的目标值不能超过 100%。")
    if target.threshold_upper is not None and step.amount > target.threshold_upper:
        raise ValidationError(
            f"新目标值不能高于上限 {target.threshold_upper.normalize():f}；请填不超过上限的数。"
        )
    if step.amount == target.threshold:
        raise ValidationError("新目标值与现行目标值相同，不必设想。")
    changed = copy.copy(target)
    changed.threshold = step.amount
    overlay.targets[target.pk] = changed


def _profile(
    overlay: Overlay, institution_id: int, day: date, side: Q, title: str
) -> InstitutionProfile:
    profile = overlay.first(
        InstitutionProfile.objects.on(day).filter(side, institution=institution_id)
    )
    if profile is None:
        raise ValidationError(f"{day} 没有这家{title}；请从列表里选择。")
    return profile


def _refuse_overlap(overlay: Overlay, agreement: PartnershipAgreement) -> None:
    """The same promise the database keeps: one signed agreement of a pair and mode at a time."""
    last_day = _last_day(agreement)
    rivals = PartnershipAgreement.objects.kept().filter(
        Q(expires_on=None) | Q(expires_on__gte=agreement.starts_on),
        Q(terminated_on=None) | Q(terminated_on__gt=agreement.starts_on),
        medical=agreement.medical_id,
        elderly=agreement.elderly_id,
        mode=agreement.mode,
        signed_on__isnull=False,
    )
    if last_day is not None:
        rivals = rivals.filter(starts_on__lte=last_day)
    rival = overlay.first(rivals.exclude(pk=agreement.pk))
    if rival is not None:
        mode = AgreementMode(agreement.mode).label
        raise ValidationError(f"双方这段时间已有“{mode}”协议 {rival.number}，不能重复签订。")


def _last_day(agreement: PartnershipAgreement) -> date | None:
    ended = agreement.terminated_on
    days = (agreement.expires_on, ended - timedelta(days=1) if ended else None)
    return min((day for day in days if day is not None), default=None)


def _whole(amount: Decimal | None, what: str) -> int:
    if amount is None or amount <= 0 or amount != amount.to_integral_value():
        raise ValidationError(f"{what}须为正整数。")
    if amount > MOST_BEDS:
        raise ValidationError(f"{what}一步最多填 {MOST_BEDS}。")
    return int(amount)


SUPPOSING: dict[StepKind, Supposing] = {
    StepKind.SIGN_AGREEMENT: _sign_agreement,
    StepKind.NEW_AGREEMENT: _new_agreement,
    StepKind.OPEN_CHANNEL: _open_channel,
    StepKind.ADD_BEDS: _add_beds,
    StepKind.CONVERT_BEDS: _convert_beds,
    StepKind.RENEW_LICENCE: _renew_licence,
    StepKind.CHANGE_TARGET: _change_target,
}
