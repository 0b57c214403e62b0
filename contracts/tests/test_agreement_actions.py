"""Agreements entered, signed, ended and refused, with the messages a clerk reads."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from contracts.actions import enter_agreement
from contracts.agreements.actions import sign_agreement, terminate_agreement
from contracts.models import PartnershipAgreement
from contracts.tests.factories import make_agreement
from institutions.models import Institution, Region, RegionLevel
from institutions.tests.factories import make_elderly, make_health, make_region
from yiyang.changelog.context import SYSTEM
from yiyang.dated import Written

START = date(2017, 1, 1)
END = date(2017, 12, 31)


@pytest.fixture
def region(db: None) -> Region:
    return make_region("区", RegionLevel.DISTRICT)


@pytest.fixture
def parties(region: Region) -> tuple[Institution, Institution]:
    return make_health(region), make_elderly(region)


def entered(parties: tuple[Institution, Institution], **changed: Any) -> Written:
    medical, elderly = parties
    values: dict[str, Any] = {
        "number": "协-1",
        "medical": medical,
        "elderly": elderly,
        "mode": "COOPERATION",
        "starts_on": START,
        "expires_on": END,
        "signed_on": START,
        **changed,
    }
    return enter_agreement(by=SYSTEM, **values)


def test_an_agreement_is_entered_once_and_again_unchanged(
    parties: tuple[Institution, Institution],
) -> None:
    assert entered(parties) is Written.NEW
    assert entered(parties) is Written.UNCHANGED
    assert entered(parties, expires_on=None) is Written.CHANGED


def test_a_second_agreement_of_the_pair_may_begin_the_day_after(
    parties: tuple[Institution, Institution],
) -> None:
    entered(parties)
    assert entered(parties, number="协-2", starts_on=date(2018, 1, 1), expires_on=None)


def test_overlapping_agreements_of_one_mode_are_refused(
    parties: tuple[Institution, Institution],
) -> None:
    entered(parties)
    with pytest.raises(ValidationError, match="已有“签约合作”协议"):
        entered(parties, number="协-2", starts_on=END, expires_on=None)
    assert entered(parties, number="协-3", mode="MEDICAL_ROUND") is Written.NEW


def test_the_database_refuses_what_no_form_saw(parties: tuple[Institution, Institution]) -> None:
    make_agreement(*parties)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_agreement(*parties)


def test_a_draft_blocks_nobody_until_it_is_signed(
    parties: tuple[Institution, Institution],
) -> None:
    entered(parties)
    entered(parties, number="协-2", signed_on=None)
    draft = PartnershipAgreement.objects.get(number="协-2")
    with pytest.raises(ValidationError, match="已有“签约合作”协议"):
        sign_agreement(by=SYSTEM, agreement=draft, on=START)


def test_a_termination_frees_the_days_from_its_day_on(
    parties: tuple[Institution, Institution],
) -> None:
    entered(parties, expires_on=None)
    agreement = PartnershipAgreement.objects.get(number="协-1")
    terminate_agreement(by=SYSTEM, agreement=agreement, on=date(2017, 6, 1), reason="双方同意")
    with pytest.raises(ValidationError, match="已有“签约合作”协议"):
        entered(parties, number="协-2", starts_on=date(2017, 5, 31))
    assert entered(parties, number="协-3", starts_on=date(2017, 6, 1)) is Written.NEW


def test_a_termination_needs_a_reason(parties: tuple[Institution, Institution]) -> None:
    entered(parties)
    agreement = PartnershipAgreement.objects.get(number="协-1")
    with pytest.raises(ValidationError, match="原因"):
        terminate_agreement(by=SYSTEM, agreement=agreement, on=date(2017, 6, 1), reason=" ")


def test_a_signed_agreement_is_not_signed_again(
    parties: tuple[Institution, Institution],
) -> None:
    entered(parties)
    agreement = PartnershipAgreement.objects.get(number="协-1")
    with pytest.raises(ValidationError, match="已于 2017-01-01 签订"):
        sign_agreement(by=SYSTEM, agreement=agreement, on=END)
