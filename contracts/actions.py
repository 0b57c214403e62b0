"""The verbs that change agreements."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError

from contracts.models import PartnershipAgreement
from institutions.models import Institution
from yiyang.changelog.context import Recorder, recorded
from yiyang.dated import Written, report


def enter_agreement(
    *,
    by: Recorder,
    number: str,
    medical: Institution,
    elderly: Institution,
    mode: str,
    starts_on: date,
    expires_on: date | None,
    signed_on: date | None,
    items: Iterable[str] = (),
) -> Written:
    """Enter an agreement under its number; without `signed_on` it is a draft and does not count."""
    with recorded(by=by, reason="协议台账"):
        earlier = PartnershipAgreement.objects.filter(number=number).first()
        values = {
            "medical": medical,
            "elderly": elderly,
            "mode": mode,
            "items": list(items),
            "starts_on": starts_on,
            "expires_on": expires_on,
            "signed_on": signed_on,
        }
        if earlier is None:
            return report(by=by, model=PartnershipAgreement, keys={"number": number}, values=values)
        return _revise(earlier, values)


def sign_agreement(*, by: Recorder, agreement: PartnershipAgreement, on: date) -> None:
    """Both sides have signed: the draft counts from its start. ValidationError when signed."""
    if agreement.signed_on is not None:
        raise ValidationError(f"协议 {agreement.number} 已于 {agreement.signed_on} 签订。")
    with recorded(by=by, reason="签订"):
        _revise(agreement, {"signed_on": on})


def terminate_agreement(
    *, by: Recorder, agreement: PartnershipAgreement, on: date, reason: str
) -> None:
    """End an agreement early; `on` is the first day it no longer holds."""
    if not reason.strip():
        raise ValidationError("解约必须写明原因。")
    with recorded(by=by, reason=reason):
        _revise(agreement, {"terminated_on": on, "termination_reason": reason.strip()})


def _revise(agreement: PartnershipAgreement, values: dict[str, object]) -> Written:
    """Set the values after the model's own checks; the change log keeps what stood before."""
    if all(getattr(agreement, name) == value for name, value in values.items()):
        return Written.UNCHANGED
    for name, value in values.items():
        setattr(agreement, name, value)
    agreement.full_clean()
    agreement.save(update_fields=list(values))
    return Written.CHANGED
