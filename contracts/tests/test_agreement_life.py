"""An agreement's life as tables: its state on each day, and what each verb does or refuses."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from contracts.agreements import actions
from contracts.agreements.actions import Terms, gap_days
from contracts.agreements.dossier import state_on, verbs_for
from contracts.agreements.numbering import next_number
from contracts.agreements.verbs import Verb
from contracts.models import AgreementSerial, AgreementState, PartnershipAgreement
from contracts.tests.factories import make_agreement
from institutions.models import Institution, RegionLevel
from institutions.tests.factories import make_elderly, make_health, make_region
from yiyang.changelog.context import SYSTEM

S = AgreementState
START, END = date(2017, 1, 1), date(2017, 12, 31)
MIDDLE = date(2017, 6, 1)
ONE_DAY = timedelta(days=1)
Parties = tuple[Institution, Institution]


@pytest.fixture
def parties(db: None) -> Parties:
    district = make_region("海勃湾区", RegionLevel.DISTRICT, code="150302000000")
    street = make_region("街道", RegionLevel.STREET, district)
    return make_health(street), make_elderly(street)


def made(parties: Parties, **fields: Any) -> PartnershipAgreement:
    year = {"starts_on": START, "expires_on": END, "signed_on": START}
    return make_agreement(*parties, **{**year, **fields})


DRAFT = {"signed_on": None}
HALF = {"signed_on": None, "medical_signed_on": START}
ENDED = {"terminated_on": MIDDLE}


@pytest.mark.parametrize(
    ("fields", "day", "state"),
    [
        (DRAFT, MIDDLE, S.DRAFT),
        (HALF, START, S.HALF_SIGNED),
        (HALF, START - ONE_DAY, S.DRAFT),
        ({"signed_on": MIDDLE}, MIDDLE - ONE_DAY, S.DRAFT),
        ({"signed_on": MIDDLE}, MIDDLE, S.IN_FORCE),
        ({"signed_on": date(2016, 12, 1)}, START - ONE_DAY, S.NOT_YET),
        ({}, START, S.IN_FORCE),
        ({}, END - timedelta(days=91), S.IN_FORCE),
        ({}, END - timedelta(days=90), S.EXPIRING),
        ({}, END, S.EXPIRING),
        ({}, END + ONE_DAY, S.EXPIRED),
        ({"expires_on": None}, date(2030, 1, 1), S.IN_FORCE),
        (ENDED, MIDDLE - ONE_DAY, S.IN_FORCE),
        (ENDED, MIDDLE, S.TERMINATED),
        (ENDED, END + ONE_DAY, S.TERMINATED),
        ({"terminated_on": END}, END - ONE_DAY, S.IN_FORCE),
    ],
)
def test_the_state_follows_the_dates(
    parties: Parties, fields: dict[str, Any], day: date, state: S
) -> None:
    assert state_on(made(parties, **fields), day) is state


@pytest.mark.parametrize(
    ("renewal_signed_on", "day", "state"),
    [
        (None, END, S.EXPIRING),
        (None, END + ONE_DAY, S.EXPIRED),
        (END, END - ONE_DAY, S.EXPIRING),
        (END, END, S.IN_FORCE),
        (END, END + ONE_DAY, S.RENEWED),
    ],
)
def test_a_signed_renewal_ends_the_reminder_and_then_names_the_state(
    parties: Parties, renewal_signed_on: date | None, day: date, state: S
) -> None:
    old = made(parties)
    made(
        parties,
        starts_on=END + ONE_DAY,
        expires_on=None,
        signed_on=renewal_signed_on,
        renewal_of=old,
    )
    assert state_on(old, day) is state


def test_a_voided_agreement_is_voided_on_every_day(parties: Parties) -> None:
    agreement = made(parties)
    actions.void_agreement(by=SYSTEM, agreement=agreement, reason="重复登记")
    assert {state_on(agreement, day) for day in (START, MIDDLE, END)} == {S.VOIDED}


@pytest.mark.parametrize(
    ("days", "before_the_end", "is_listed"),
    [(15, 15, 1), (15, 16, 0), (90, 90, 1), (90, 91, 0), (30, 0, 1), (30, -1, 0)],
)
def test_expiring_within_so_many_days(
    parties: Parties, days: int, before_the_end: int, is_listed: int
) -> None:
    made(parties)
    day = END - timedelta(days=before_the_end)
    assert PartnershipAgreement.objects.expiring_within(days, day).count() == is_listed


@pytest.mark.parametrize(
    ("given", "is_taken"),
    [
        ((None, None, None), True),
        ((None, None, START), True),
        ((START, None, None), True),
        ((None, MIDDLE, None), True),
        ((START, MIDDLE, MIDDLE), True),
        ((MIDDLE, START, MIDDLE), True),
        ((START, START, START), True),
        ((START, MIDDLE, START), False),
        ((START, MIDDLE, None), False),
        ((START, None, START), False),
        ((None, MIDDLE, MIDDLE), False),
    ],
)
def test_the_day_of_signing_is_the_later_sides(
    parties: Parties, given: tuple[date | None, ...], is_taken: bool
) -> None:
    fields = dict(zip(("medical_signed_on", "elderly_signed_on", "signed_on"), given, strict=True))
    if is_taken:
        assert made(parties, **fields).pk
        return
    with pytest.raises(IntegrityError, match="signed_with_the_later_side"), transaction.atomic():
        made(parties, **fields)


def test_each_side_signs_for_itself(parties: Parties) -> None:
    agreement = made(parties, **DRAFT)
    for side, on in (("elderly", MIDDLE), ("medical", START)):
        actions.sign_side(by=SYSTEM, agreement=agreement, side=side, on=on)
        agreement.refresh_from_db()
    assert (agreement.medical_signed_on, agreement.elderly_signed_on) == (START, MIDDLE)
    assert agreement.signed_on == MIDDLE


# （现状, 办什么, 办成后的状态或拒绝的话）：现状由登记的日期说，办理日都是 2017-06-01。
RENEWED = "renewed"
VOIDED = "voided"
TRANSITIONS = [
    (DRAFT, Verb.EDIT, S.DRAFT),
    (DRAFT, Verb.SIGN, S.IN_FORCE),
    (DRAFT, Verb.RENEW, "草稿还没有签订，不能续签。"),
    (DRAFT, Verb.TERMINATE, "草稿没有签订，不能解约；请作废。"),
    (DRAFT, Verb.REINSTATE, "协议没有解约，不必撤销。"),
    (DRAFT, Verb.VOID, S.VOIDED),
    (HALF, Verb.EDIT, "已有一方签订，内容不能再改；写错了请作废后重新起草。"),
    (HALF, Verb.SIGN, "双方已于 2017-01-01 签订。"),
    (HALF, Verb.VOID, S.VOIDED),
    ({}, Verb.EDIT, "已有一方签订，内容不能再改；写错了请作废后重新起草。"),
    ({}, Verb.SIGN, "协议 协 已于 2017-01-01 签订。"),
    ({}, Verb.RENEW, S.IN_FORCE),
    ({}, Verb.TERMINATE, S.TERMINATED),
    ({}, Verb.REINSTATE, "协议没有解约，不必撤销。"),
    ({}, Verb.VOID, S.VOIDED),
    ({"expires_on": None}, Verb.RENEW, "协议没有到期日，一直有效，不必续签。"),
    ({"expires_on": date(2017, 5, 31)}, Verb.RENEW, S.EXPIRED),
    ({"expires_on": date(2017, 5, 31)}, Verb.TERMINATE, "协议在 2017-05-31 已到期，不必解约。"),
    (
        {"starts_on": MIDDLE},
        Verb.TERMINATE,
        "解约日期须晚于生效日期 2017-06-01；尚未生效的请作废。",
    ),
    (ENDED, Verb.RENEW, "协议已于 2017-06-01 解约，不能续签；请新建协议。"),
    (ENDED, Verb.TERMINATE, "协议已于 2017-06-01 解约。"),
    (ENDED, Verb.REINSTATE, S.IN_FORCE),
    (ENDED, Verb.VOID, S.VOIDED),
    *((VOIDED, verb, "协议 协 已作废，不能再办理。") for verb in Verb),
    (RENEWED, Verb.RENEW, "这份协议已由 续 续签。"),
]


@pytest.mark.parametrize(("fields", "verb", "outcome"), TRANSITIONS)
def test_every_verb_moves_on_or_is_refused_in_words(
    parties: Parties, fields: Any, verb: Verb, outcome: S | str
) -> None:
    agreement = made(parties, number="协", **(fields if isinstance(fields, dict) else {}))
    if fields == VOIDED:
        actions.void_agreement(by=SYSTEM, agreement=agreement, reason="登记错了")
    if fields == RENEWED:
        made(parties, number="续", starts_on=END + ONE_DAY, expires_on=None, renewal_of=agreement)
    if isinstance(outcome, S):
        do(verb, agreement)
        agreement.refresh_from_db()
        assert state_on(agreement, MIDDLE) is outcome
        return
    with pytest.raises(ValidationError) as refused:
        do(verb, agreement)
    assert refused.value.messages == [outcome]


def do(verb: Verb, agreement: PartnershipAgreement) -> None:
    by, held = SYSTEM, PartnershipAgreement.objects.get(pk=agreement.pk)
    terms = Terms(held.medical, held.elderly, "COOPERATION", END + ONE_DAY, None)
    match verb:
        case Verb.EDIT:
            draft = Terms(held.medical, held.elderly, "TRUSTEESHIP", START, END)
            actions.edit_draft(by=by, agreement=held, terms=draft, on=MIDDLE)
        case Verb.SIGN:
            actions.sign_side(by=by, agreement=held, side="both", on=MIDDLE)
        case Verb.RENEW:
            actions.renew_agreement(by=by, agreement=held, terms=terms, on=MIDDLE)
        case Verb.TERMINATE:
            actions.terminate_agreement(by=by, agreement=held, on=MIDDLE, reason="双方同意")
        case Verb.REINSTATE:
            actions.reinstate_agreement(by=by, agreement=held, reason="登记错了")
        case Verb.VOID:
            actions.void_agreement(by=by, agreement=held, reason="登记错了")


def test_the_page_offers_a_renewal_once(parties: Parties) -> None:
    agreement = made(parties)
    offered = [verb for verb, _ in verbs_for(agreement, S.EXPIRING)]
    assert offered == [Verb.RENEW, Verb.TERMINATE, Verb.VOID]
    do(Verb.RENEW, agreement)
    assert Verb.RENEW not in [verb for verb, _ in verbs_for(agreement, S.EXPIRING)]


def test_a_renewal_voided_may_be_made_again(parties: Parties) -> None:
    agreement = made(parties)
    do(Verb.RENEW, agreement)
    actions.void_agreement(by=SYSTEM, agreement=agreement.renewals.get(), reason="日期写错")
    do(Verb.RENEW, agreement)
    assert agreement.renewals.kept().count() == 1


@pytest.mark.parametrize(
    ("starts_on", "gap"),
    [(date(2018, 1, 1), 0), (date(2018, 1, 2), 1), (date(2018, 3, 1), 59)],
)
def test_the_gap_before_a_renewal_in_days(parties: Parties, starts_on: date, gap: int) -> None:
    assert gap_days(made(parties), starts_on) == gap


def test_a_renewal_does_not_begin_before_the_old_one_ends(parties: Parties) -> None:
    agreement = made(parties)
    terms = Terms(*parties, "COOPERATION", END, None)
    with pytest.raises(ValidationError, match="续签须从原协议到期次日（2018-01-01）或以后开始"):
        actions.renew_agreement(by=SYSTEM, agreement=agreement, terms=terms, on=MIDDLE)


def test_sides_are_told_apart(parties: Parties) -> None:
    medical, elderly = parties
    for wrong, message in (
        ((elderly, medical), "医疗方须是医疗卫生机构"),
        ((medical, medical), "双方不能是同一个机构"),
    ):
        terms = Terms(*wrong, "COOPERATION", START, END)
        with pytest.raises(ValidationError, match=message):
            actions.draft_agreement(by=SYSTEM, terms=terms, on=MIDDLE)


def drafted(parties: Parties, on: date, **fields: Any) -> str:
    terms = Terms(*parties, "COOPERATION", on, None, **fields)
    return actions.draft_agreement(by=SYSTEM, terms=terms, on=on).number


def test_numbers_run_by_year_and_district_and_leave_typed_ones_alone(parties: Parties) -> None:
    other = make_region("乌达区", RegionLevel.DISTRICT, code="150304000000")
    elsewhere = (parties[0], make_elderly(other))
    assert drafted(parties, MIDDLE) == "医养协2017-150302-0001"
    assert drafted(parties, MIDDLE, number="医养协2017-150302-0002") == "医养协2017-150302-0002"
    assert drafted(parties, MIDDLE) == "医养协2017-150302-0003"
    assert drafted(parties, date(2018, 1, 1)) == "医养协2018-150302-0001"
    assert drafted(elsewhere, MIDDLE) == "医养协2017-150304-0001"


@pytest.mark.django_db(transaction=True)
def test_two_clerks_at_once_get_two_numbers(parties: Parties) -> None:
    """The second waits for the first to commit, and counts on from it."""
    first, second = list[str](), list[str]()

    def other_clerk() -> None:
        try:
            with transaction.atomic():
                second.append(next_number(elderly=parties[1], on=MIDDLE))
        finally:
            connection.close()

    thread = threading.Thread(target=other_clerk)
    with transaction.atomic():
        first.append(next_number(elderly=parties[1], on=MIDDLE))
        thread.start()
        thread.join(timeout=0.3)
        assert not second, "第二个人应当等着"
    thread.join(timeout=10)
    assert (first, second) == (["医养协2017-150302-0001"], ["医养协2017-150302-0002"])
    assert AgreementSerial.objects.get().last == 2
