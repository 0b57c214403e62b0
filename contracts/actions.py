"""The verb by which register sheets enter agreements."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError

from contracts.agreements.actions import revise
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
        values: dict[str, object] = {
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
        if earlier.voided_at is not None:
            raise ValidationError(f"协议编号 {number} 已作废，请换一个编号。")
        if earlier.signed_on != signed_on:
            # 台账只有一个签订日期：换了它，原来分开登记的两方日期就不作数了。
            values |= {"medical_signed_on": None, "elderly_signed_on": None}
        return revise(earlier, values)
