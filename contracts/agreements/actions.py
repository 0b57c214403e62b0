"""The verbs of an agreement's life; each refuses in Chinese what its dates do not allow."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError

from contracts.agreements.numbering import next_number
from contracts.models import PartnershipAgreement
from institutions.models import Institution, InstitutionProfile
from yiyang import dated
from yiyang.changelog.context import Recorder, recorded
from yiyang.dated import Written, checked_create

REASON_LENGTH = 200
MEDICAL, ELDERLY, BOTH = "medical", "elderly", "both"
SIDES = {MEDICAL: "医疗方", ELDERLY: "养老方", BOTH: "双方"}
SIGNED_FIELDS = {
    MEDICAL: ("medical_signed_on",),
    ELDERLY: ("elderly_signed_on",),
    BOTH: ("medical_signed_on", "elderly_signed_on"),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What two parties agree on; an empty `number` is given by rule."""

    medical: Institution
    elderly: Institution
    mode: str
    starts_on: date
    expires_on: date | None
    items: tuple[str, ...] = ()
    number: str = ""
    medical_signed_on: date | None = None
    elderly_signed_on: date | None = None


def draft_agreement(
    *, by: Recorder, terms: Terms, on: date, renewal_of: PartnershipAgreement | None = None
) -> PartnershipAgreement:
    """Enter an agreement; it stays a draft until both sides' days are known."""
    _refuse_wrong_sides(terms, on)
    _refuse_taken(terms.number)
    with recorded(by=by, reason="续签协议" if renewal_of else "新建协议"):
        values = _values(terms)
        values["number"] = terms.number or next_number(elderly=terms.elderly, on=on)
        made = checked_create(PartnershipAgreement, renewal_of=renewal_of, **values)
    assert isinstance(made, PartnershipAgreement)
    return made


def edit_draft(*, by: Recorder, agreement: PartnershipAgreement, terms: Terms, on: date) -> Written:
    """Change what nobody has signed yet."""
    _refuse_wrong_sides(terms, on)
    with recorded(by=by, reason="修改草稿"), _locked(agreement) as held:
        if held.signed_on or held.medical_signed_on or held.elderly_signed_on:
            raise ValidationError("已有一方签订，内容不能再改；写错了请作废后重新起草。")
        number = terms.number or held.number
        if number != held.number:
            _refuse_taken(number)
        return revise(held, {**_values(terms), "number": number})


def sign_side(
    *, by: Recorder, agreement: PartnershipAgreement, side: str, on: date
) -> PartnershipAgreement:
    """One side (or both on one day) has signed; with the second the agreement is signed."""
    with recorded(by=by, reason=f"{SIDES[side]}签订"), _locked(agreement) as held:
        _refuse_signed(held)
        for name in SIGNED_FIELDS[side]:
            if getattr(held, name) is not None:
                raise ValidationError(f"{SIDES[side]}已于 {getattr(held, name)} 签订。")
        days = {name: getattr(held, name) for name in SIGNED_FIELDS[BOTH]}
        days |= dict.fromkeys(SIGNED_FIELDS[side], on)
        revise(held, {**days, "signed_on": _later(*days.values())})
    return held


def sign_agreement(*, by: Recorder, agreement: PartnershipAgreement, on: date) -> None:
    """Both sides signed by `on`, as a register says that knows one day only."""
    with recorded(by=by, reason="签订"), _locked(agreement) as held:
        _refuse_signed(held)
        revise(held, {"signed_on": on, "medical_signed_on": None, "elderly_signed_on": None})


def renew_agreement(
    *, by: Recorder, agreement: PartnershipAgreement, terms: Terms, on: date
) -> PartnershipAgreement:
    """The agreement that follows this one, linked to it; it begins after this one's last day."""
    with recorded(by=by, reason="续签协议"), _locked(agreement) as held:
        refuse_renewal(held)
        assert held.expires_on is not None
        if terms.starts_on <= held.expires_on:
            first = held.expires_on + timedelta(days=1)
            raise ValidationError({"starts_on": f"续签须从原协议到期次日（{first}）或以后开始。"})
        if (terms.medical, terms.elderly) != (held.medical, held.elderly):
            raise ValidationError("续签的双方须与原协议相同；换了一方请新建协议。")
        return draft_agreement(by=by, terms=terms, on=on, renewal_of=held)


def refuse_renewal(agreement: PartnershipAgreement) -> None:
    """ValidationError where the agreement cannot be followed by a renewal."""
    if agreement.signed_on is None:
        raise ValidationError("草稿还没有签订，不能续签。")
    if agreement.terminated_on is not None:
        raise ValidationError(f"协议已于 {agreement.terminated_on} 解约，不能续签；请新建协议。")
    if agreement.expires_on is None:
        raise ValidationError("协议没有到期日，一直有效，不必续签。")
    later = agreement.renewals.kept().first()
    if later is not None:
        raise ValidationError(f"这份协议已由 {later.number} 续签。")


def gap_days(earlier: PartnershipAgreement, starts_on: date) -> int | None:
    """Days without an agreement between `earlier` and one that starts then."""
    if earlier.expires_on is None:
        return None
    return (starts_on - earlier.expires_on).days - 1


def terminate_agreement(
    *, by: Recorder, agreement: PartnershipAgreement, on: date, reason: str
) -> None:
    """End an agreement early; `on` is the first day it no longer holds."""
    if not reason.strip():
        raise ValidationError({"reason": "解约必须写明原因。"})
    with recorded(by=by, reason=reason), _locked(agreement) as held:
        _refuse_termination(held, on)
        revise(held, {"terminated_on": on, "termination_reason": reason.strip()})


def end_with_party(*, by: Recorder, agreement: PartnershipAgreement, on: date, reason: str) -> None:
    """A party is no more from `on`: end what has begun, even if an end was agreed for later."""
    reason = reason.strip()[:REASON_LENGTH]
    with recorded(by=by, reason=reason), _locked(agreement) as held:
        if held.signed_on is None or held.starts_on >= on:
            dated.void(by=by, fact=held, reason=reason)
        else:
            revise(held, {"terminated_on": on, "termination_reason": reason})


def reinstate_agreement(*, by: Recorder, agreement: PartnershipAgreement, reason: str) -> None:
    """Take a mistaken termination back; refused where another agreement took its place."""
    if not reason.strip():
        raise ValidationError({"reason": "撤销解约必须写明原因。"})
    with recorded(by=by, reason=reason), _locked(agreement) as held:
        if held.terminated_on is None:
            raise ValidationError("协议没有解约，不必撤销。")
        revise(held, {"terminated_on": None, "termination_reason": ""})


def void_agreement(*, by: Recorder, agreement: PartnershipAgreement, reason: str) -> None:
    """Take back an agreement entered by mistake: it never counted on any day."""
    if not reason.strip():
        raise ValidationError({"reason": "作废必须写明原因。"})
    with recorded(by=by, reason=reason), _locked(agreement) as held:
        dated.void(by=by, fact=held, reason=reason)


def revise(agreement: PartnershipAgreement, values: dict[str, object]) -> Written:
    """Set the values after the model's own checks; the change log keeps what stood before."""
    if all(getattr(agreement, name) == value for name, value in values.items()):
        return Written.UNCHANGED
    for name, value in values.items():
        setattr(agreement, name, value)
    agreement.full_clean()
    agreement.save(update_fields=list(values))
    return Written.CHANGED


@contextmanager
def _locked(agreement: PartnershipAgreement) -> Iterator[PartnershipAgreement]:
    """The agreement as it stands now, held against a second clerk; refused where voided."""
    held = PartnershipAgreement.objects.select_for_update().get(pk=agreement.pk)
    if held.voided_at is not None:
        raise ValidationError(f"协议 {held.number} 已作废，不能再办理。")
    yield held


def _values(terms: Terms) -> dict[str, object]:
    return {
        "medical": terms.medical,
        "elderly": terms.elderly,
        "mode": terms.mode,
        "items": list(terms.items),
        "starts_on": terms.starts_on,
        "expires_on": terms.expires_on,
        "medical_signed_on": terms.medical_signed_on,
        "elderly_signed_on": terms.elderly_signed_on,
        "signed_on": _later(terms.medical_signed_on, terms.elderly_signed_on),
    }


def _later(*days: date | None) -> date | None:
    known = [day for day in days if day is not None]
    return max(known) if len(known) == len(days) else None


def _refuse_taken(number: str) -> None:
    if number and PartnershipAgreement.objects.filter(number=number).exists():
        raise ValidationError(
            {"number": f"协议编号 {number} 已经用过；请换一个，或留空按规则编号。"}
        )


def _refuse_signed(agreement: PartnershipAgreement) -> None:
    if agreement.signed_on is not None:
        raise ValidationError(f"协议 {agreement.number} 已于 {agreement.signed_on} 签订。")


def _refuse_termination(agreement: PartnershipAgreement, on: date) -> None:
    if agreement.signed_on is None:
        raise ValidationError("草稿没有签订，不能解约；请作废。")
    if agreement.terminated_on is not None:
        raise ValidationError(f"协议已于 {agreement.terminated_on} 解约。")
    if on <= agreement.starts_on:
        raise ValidationError(
            {"on": f"解约日期须晚于生效日期 {agreement.starts_on}；尚未生效的请作废。"}
        )
    if agreement.expires_on is not None and on > agreement.expires_on:
        raise ValidationError({"on": f"协议在 {agreement.expires_on} 已到期，不必解约。"})


def _refuse_wrong_sides(terms: Terms, on: date) -> None:
    """One side a health institution, the other an elderly-service provider (rules.md 23)."""
    if terms.medical == terms.elderly:
        raise ValidationError({"elderly": "协议双方不能是同一个机构。"})
    known = InstitutionProfile.objects.kept().filter(starts_on__lte=max(on, terms.starts_on))
    if not known.health_side().filter(institution=terms.medical).exists():
        raise ValidationError({"medical": "医疗方须是医疗卫生机构；请核对编码。"})
    if not known.elderly_service().filter(institution=terms.elderly).exists():
        raise ValidationError({"elderly": "养老方须是养老服务机构；请核对编码。"})
