"""Two records of one person become one: every day counts once, and nothing sealed is lost."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.utils import IntegrityError
from pytest_django import Settings

from contracts.identity import TABLE, Identity, open_identity
from contracts.merging import VOIDED, merge_persons
from contracts.models import (
    DoctorTeam,
    FamilyDoctorSignup,
    KeyGroup,
    Person,
    PersonResidence,
    SignupService,
)
from contracts.sealed import flaws
from contracts.tests.factories import (
    make_health_management,
    make_key_group,
    make_known_person,
    make_residence,
    make_sickbed,
    make_signup,
    make_team,
)
from institutions.models import Institution, Region, RegionLevel
from institutions.tests.factories import LONG_AGO, make_institution, make_region
from yiyang.audit.models import AuditEvent
from yiyang.changelog.context import SYSTEM
from yiyang.changelog.models import ChangeEntry
from yiyang.lib.crypto import digest
from yiyang.lib.spans import free_spans

pytestmark = pytest.mark.django_db
REASON = "入户核对，系同一人"
NUMBER = "150399194501010018"


def day(text: str) -> date:
    """Read 17-03 as 1 March 2017, 17-03-05 as it stands."""
    parts = [int(part) for part in text.split("-")]
    return date(2000 + parts[0], parts[1], parts[2] if len(parts) > 2 else 1)


@pytest.fixture(autouse=True, params=["AES-256-GCM", "SM4-GCM"])
def cipher(request: pytest.FixtureRequest, settings: Settings) -> None:
    settings.FIELD_CIPHER = request.param


@pytest.fixture
def keep() -> Person:
    return make_known_person(name="王秀英")


@pytest.fixture
def drop() -> Person:
    return make_known_person(name="王秀英", id_number=NUMBER, phone="15400000001")


@pytest.fixture
def team() -> DoctorTeam:
    return make_team(make_institution())


@pytest.fixture
def institution() -> Institution:
    return make_institution()


@pytest.fixture
def street() -> Region:
    return make_region("甲街道", RegionLevel.STREET)


def merge(keep: Person, drop: Person) -> None:
    merge_persons(by=SYSTEM, keep=keep, drop=drop, reason=REASON)
    keep.refresh_from_db()
    drop.refresh_from_db()


@pytest.mark.parametrize(
    ("span", "held", "free"),
    [
        (("17-01", "17-12"), [], [("17-01", "17-12")]),
        (("17-01", None), [("17-03", None)], [("17-01", "17-02-28")]),
        (("17-01", "17-12"), [("17-03", "17-05")], [("17-01", "17-02-28"), ("17-05-02", "17-12")]),
        (("17-03", "17-05"), [("17-01", "17-12")], []),
        (("17-03", "17-05"), [("17-03", "17-05")], []),
        (("17-03", None), [("17-01", "17-05")], [("17-05-02", None)]),
        (("17-03", "17-05"), [("17-05-02", None), ("18-01", None)], [("17-03", "17-05")]),
        (("17-03", "17-05"), [("16-01", "17-02-28")], [("17-03", "17-05")]),
        (("17-03", "17-03"), [("17-03", "17-03")], []),
    ],
)
def test_the_free_days_are_those_nobody_holds(span: Any, held: Any, free: Any) -> None:
    def read(one: tuple[str, str | None]) -> tuple[date, date | None]:
        return day(one[0]), None if one[1] is None else day(one[1])

    assert free_spans(read(span), [read(one) for one in held]) == [read(one) for one in free]


def test_the_kept_record_takes_what_only_the_other_knew(keep: Person, drop: Person) -> None:
    merge(keep, drop)
    assert open_identity(keep).id_number == NUMBER
    assert open_identity(keep).phone == "15400000001"
    assert bytes(keep.id_digest or b"") == digest(NUMBER, "id_number")
    assert drop.duplicate_of == keep
    assert open_identity(drop) == Identity("王秀英", NUMBER, "15400000001")
    assert list(flaws(in_log=True)) == []


def test_digests_stay_unique(keep: Person, drop: Person) -> None:
    merge(keep, drop)
    once = Person.objects.kept().filter(duplicate_of=None, id_digest=digest(NUMBER, "id_number"))
    assert list(once) == [keep]
    with pytest.raises(IntegrityError), transaction.atomic():
        make_known_person(name="王秀英", id_number=NUMBER)


def test_a_death_only_the_other_knew_is_taken_over(keep: Person, drop: Person) -> None:
    Person.objects.filter(pk=drop.pk).update(died_on=day("20-05"))
    merge(keep, drop)
    assert keep.died_on == day("20-05")


def test_duplicates_of_the_dropped_follow_it(keep: Person, drop: Person) -> None:
    earlier = make_known_person(name="王秀英", duplicate_of=drop)
    merge(keep, drop)
    earlier.refresh_from_db()
    assert earlier.duplicate_of == keep


# 每行：保留的签约、被并的签约 → 合并后有效的（起、止），均为含头含尾。
SIGNUPS = [
    ("only the other", [], [("17-01", "18-12")], [("17-01", "18-12")]),
    ("apart", [("17-01", "17-12-31")], [("18-01", "18-12-31")],
     [("17-01", "17-12-31"), ("18-01", "18-12-31")]),
    ("the same days", [("17-01", "18-12")], [("17-01", "18-12")], [("17-01", "18-12")]),
    ("within", [("17-01", "19-12")], [("18-01", "18-12-31")], [("17-01", "19-12")]),
    ("reaching further", [("17-01", "18-12")], [("18-06", "20-05")],
     [("17-01", "18-05-31"), ("18-06", "20-05")]),
    ("beginning earlier", [("18-06", "20-05")], [("17-01", "18-12")],
     [("17-01", "18-05-31"), ("18-06", "20-05")]),
    ("longer from the same day", [("17-01", "18-12")], [("17-01", "19-12")], [("17-01", "19-12")]),
    ("touching", [("17-01", "18-01")], [("18-01", "19-01")],
     [("17-01", "17-12-31"), ("18-01", "19-01")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kept", "dropped", "expected"), [row[1:] for row in SIGNUPS], ids=[row[0] for row in SIGNUPS]
)
def test_signups_cover_every_day_once(
    keep: Person, drop: Person, team: DoctorTeam, kept: Any, dropped: Any, expected: Any
) -> None:
    for person, spans in ((keep, kept), (drop, dropped)):
        for start, end in spans:
            make_signup(person, team, starts_on=day(start), expires_on=day(end))
    merge(keep, drop)
    assert not drop.signups.kept().exists()
    for start, end in expected:
        for covered in (day(start), day(end)):
            assert keep.signups.in_force(covered).count() == 1
    assert keep.signups.kept().count() == len(expected)
    voided = FamilyDoctorSignup.objects.filter(voided_at__isnull=False)
    assert set(voided.values_list("void_reason", flat=True)) <= {VOIDED}
    assert voided.count() == len(kept) + len(dropped) - len(expected)


def test_of_two_that_renew_themselves_one_stays(
    keep: Person, drop: Person, team: DoctorTeam
) -> None:
    make_signup(keep, team, starts_on=day("18-01"), expires_on=day("19-01"), auto_renews=True)
    make_signup(drop, team, starts_on=day("17-01"), expires_on=day("18-01"), auto_renews=True)
    merge(keep, drop)
    for text in ("17-06", "18-01", "25-01"):
        assert keep.signups.in_force(day(text)).count() == 1


def test_a_service_counts_for_the_signup_that_stays(
    keep: Person, drop: Person, team: DoctorTeam
) -> None:
    stays = make_signup(keep, team)
    void = make_signup(drop, team)
    SignupService.objects.create(signup=void, served_on=day("17-06"), kind="随访")
    merge(keep, drop)
    assert SignupService.objects.get().signup == stays


def test_residences_fill_the_days_only_the_other_had(
    keep: Person, drop: Person, street: Region
) -> None:
    elsewhere = make_region("乙街道", RegionLevel.STREET)
    make_residence(drop, street)
    make_residence(keep, elsewhere, starts_on=day("18-01"))
    merge(keep, drop)
    lived = PersonResidence.objects.kept().filter(person=keep).order_by("starts_on")
    assert list(lived.values_list("region", "starts_on", "ends_on")) == [
        (street.pk, LONG_AGO, day("17-12-31")),
        (elsewhere.pk, day("18-01"), None),
    ]
    # 被并的记录留在原处，作为“重复”列出，不计数。
    assert drop.residences.kept().count() == 1


def test_sickbeds_and_groups_hold_once_a_day(
    keep: Person, drop: Person, institution: Institution
) -> None:
    make_sickbed(keep, institution, starts_on=day("17-03"), ends_on=day("17-05"))
    make_sickbed(drop, institution, starts_on=day("17-01"), ends_on=day("17-04"))
    make_key_group(keep, starts_on=day("17-01"))
    make_key_group(drop, starts_on=day("18-01"))
    make_key_group(drop, group=KeyGroup.DIABETES)
    merge(keep, drop)
    beds = keep.home_sickbeds.kept().order_by("starts_on")
    assert list(beds.values_list("starts_on", "ends_on")) == [
        (day("17-01"), day("17-02-28")),
        (day("17-03"), day("17-05")),
    ]
    groups = keep.key_groups.kept().order_by("group").values_list("group", "starts_on")
    assert list(groups) == [("DIABETES", LONG_AGO), ("HYPERTENSION", day("17-01"))]
    assert not drop.home_sickbeds.kept().exists()
    assert not drop.key_groups.kept().exists()


def test_health_management_keeps_one_row_a_year_with_the_earlier_days(
    keep: Person, drop: Person, institution: Institution
) -> None:
    make_health_management(keep, institution, exam_on=day("17-09"), guided_on=None)
    make_health_management(drop, institution, guided_on=day("17-08"), form_completed_on=None)
    make_health_management(
        drop, institution, year=2018, exam_on=day("18-02"),
        record_on=None, guided_on=None, form_completed_on=None,
    )  # fmt: skip
    merge(keep, drop)
    rows = keep.health_managements.kept().order_by("year")
    columns = ("year", "record_on", "exam_on", "guided_on", "form_completed_on")
    first, second = rows.values_list(*columns)
    assert first == (2017, day("17-06"), day("17-06"), day("17-08"), day("17-06"))
    assert second[:3] == (2018, None, day("18-02"))
    assert not drop.health_managements.kept().exists()


def test_history_and_audit_say_who_was_merged(keep: Person, drop: Person) -> None:
    merge(keep, drop)
    entry = ChangeEntry.objects.of(TABLE, drop.pk).last()
    assert entry is not None
    assert (entry.before or {})["duplicate_of_id"] is None
    assert (entry.after or {})["duplicate_of_id"] == keep.pk
    assert entry.change.reason == REASON
    event = AuditEvent.objects.get(kind="MERGE", subject=f"person:{keep.uid}")
    assert event.details == {"dropped": f"person:{drop.uid}"}


def refused(keep: Person, drop: Person, message: str, reason: str = REASON) -> None:
    before = list(Person.objects.order_by("pk").values())
    with pytest.raises(ValidationError, match=message):
        merge_persons(by=SYSTEM, keep=keep, drop=drop, reason=reason)
    assert list(Person.objects.order_by("pk").values()) == before


def test_two_people_are_not_merged(drop: Person) -> None:
    number = make_known_person(name="王秀英", id_number="150399194501010026")
    refused(number, drop, "身份证号不同")
    refused(make_known_person(born_on=day("44-01").replace(year=1944)), drop, "出生日期不同")
    dead = make_known_person(died_on=day("20-01"))
    Person.objects.filter(pk=drop.pk).update(died_on=day("20-02"))
    refused(dead, drop, "死亡日期不同")


def test_closed_records_and_missing_reasons_are_refused(keep: Person, drop: Person) -> None:
    refused(keep, keep, "同一条")
    refused(keep, drop, "请写明理由", reason="同")
    Person.objects.filter(pk=drop.pk).update(
        voided_at=datetime(2020, 1, 1, tzinfo=UTC), void_reason="录错"
    )
    refused(keep, drop, "已作废")
    refused(drop, keep, "已作废")
    refused(keep, make_known_person(duplicate_of=keep), "已标为重复")
