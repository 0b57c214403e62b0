"""Two records of one institution made one: figures before and after, conflicts, undoing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.test import Client

from contracts.models import DoctorTeam, PartnershipAgreement
from contracts.tests.factories import make_agreement, make_person, make_signup, make_team
from institutions.actions import register_institution
from institutions.attachments import INSTITUTION_FILES
from institutions.ingest.admitting import institution_line
from institutions.merging.actions import (
    NOT_A_REVIEWER,
    UNDONE_BY_ANOTHER,
    decide_merge,
    propose_merge,
    undo_merge,
)
from institutions.merging.movers import movers
from institutions.merging.plan import plan_merge
from institutions.models import (
    BedCount,
    Institution,
    InstitutionMerge,
    InstitutionProfile,
    Licence,
    Note,
)
from institutions.tests.factories import (
    LONG_AGO,
    make_beds,
    make_channel,
    make_elderly,
    make_filing,
    make_health,
    make_licence,
)
from targets.tests.factories import City, figure_of
from targets.tests.page_scene import browse_as
from targets.tests.task_scene import actor_of, make_user
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.attachments.models import Attachment
from yiyang.attachments.tests.files import make_attachment
from yiyang.changelog.context import SYSTEM, recorded
from yiyang.changelog.models import ChangeEntry

pytestmark = pytest.mark.django_db
TODAY = date(2018, 6, 1)


@pytest.fixture
def people() -> dict[str, User]:
    return {
        "clerk": make_user(Role.CITY_HEALTH_CLERK),
        "civil": make_user(Role.CITY_CIVIL_AFFAIRS_CLERK),
        "checker": make_user(Role.CITY_HEALTH_REVIEWER),
        "other": make_user(Role.CITY_HEALTH_REVIEWER),
    }


@pytest.fixture
def twins(city: City) -> tuple[Institution, Institution]:
    """One hospital entered twice with one licence; old licence and channel with the second only."""
    kept, dropped = make_health(city.east_street), make_health(city.east_street)
    for one in (kept, dropped):
        make_licence(one, number="执1")
    make_licence(dropped, number="旧证", starts_on=date(2010, 1, 1), ends_on=date(2014, 12, 31))
    make_channel(dropped)
    return kept, dropped


def merged(
    people: dict[str, User], kept: Institution, dropped: Institution, reason: str = "同一许可证"
) -> InstitutionMerge:
    clerk, checker = (actor_of(people[who], TODAY) for who in ("clerk", "checker"))
    merge = propose_merge(by=clerk, kept=kept, dropped=dropped, reason=reason)
    return decide_merge(by=checker, merge=merge, is_agreed=True)


def channels(city: City) -> tuple[int | None, int | None]:
    figure = figure_of("GC17", "standard", city.city)
    return figure.numerator, figure.denominator


def test_one_hospital_entered_twice_counts_once_after_the_merge(
    city: City, people: dict[str, User], twins: tuple[Institution, Institution]
) -> None:
    assert channels(city) == (1, 2)
    clerk = actor_of(people["clerk"], TODAY)
    merge = propose_merge(by=clerk, kept=twins[0], dropped=twins[1], reason="同一许可证")
    assert channels(city) == (1, 2)  # 提出以后还没有动
    decide_merge(by=actor_of(people["checker"], TODAY), merge=merge, is_agreed=True)
    assert channels(city) == (1, 1)
    undo_merge(by=actor_of(people["other"], TODAY), merge=merge, reason="并错了")
    assert channels(city) == (1, 2)


def test_beds_and_agreements_follow_and_are_counted_once(
    city: City, people: dict[str, User]
) -> None:
    hospital = make_health(city.east_street)
    make_licence(hospital)
    homes = [make_elderly(city.east_street) for _ in range(2)]
    for home in homes:
        make_filing(home, number="备1")
    for home in homes:
        make_beds(home, date(2017, 12, 1), 80)  # 同一份报表录了两次
    agreement = make_agreement(hospital, homes[1])
    clerk, checker = (actor_of(people[who], TODAY) for who in ("civil", "checker"))
    merge = propose_merge(by=clerk, kept=homes[0], dropped=homes[1], reason="同一备案")
    decide_merge(by=checker, merge=merge, is_agreed=True)
    assert PartnershipAgreement.objects.get(pk=agreement.pk).elderly == homes[0]
    assert [row.institution for row in BedCount.objects.kept()] == [homes[0]]
    assert Licence.objects.kept().count() == 1 + 1


def test_everything_that_points_at_it_follows(
    city: City, people: dict[str, User], twins: tuple[Institution, Institution]
) -> None:
    kept, dropped = twins
    team = make_team(dropped)
    make_signup(make_person(city.east_community), team)
    Note.objects.create(
        institution=dropped, author=people["clerk"], written_on=TODAY, text="电话已换"
    )
    make_attachment_of(dropped)
    in_house = make_health(city.east_street, host=dropped)
    plan = plan_merge(kept, dropped)
    assert {move.mover.label: len(move.moved) for move in plan.moves} == {
        "证照与备案": 1,
        "绿色通道": 1,
        "备注": 1,
        "内设机构（以它为举办单位的）": 1,
        "附件": 1,
        "家庭医生团队（连同所签的人）": 1,
    }
    merged(people, kept, dropped)
    assert DoctorTeam.objects.get().institution == kept
    assert Note.objects.get().institution == kept
    assert Attachment.objects.get().object_id == kept.pk
    assert in_house.profiles.get().host == kept
    dropped.refresh_from_db()
    assert (dropped.merged_into, dropped.void_reason) == (kept, f"并入 {kept.code}：同一许可证")


def make_attachment_of(institution: Institution) -> Attachment:
    return make_attachment(INSTITUTION_FILES, institution.pk)


def test_days_only_the_dropped_record_knew_are_kept(city: City, people: dict[str, User]) -> None:
    kept = make_health(city.east_street, starts_on=date(2018, 1, 1))
    dropped = make_health(city.east_street, ends_on=date(2018, 3, 31))
    for one in (kept, dropped):
        make_licence(one)
    Licence.objects.filter(institution=dropped).update(number="T-1")
    Licence.objects.filter(institution=kept).update(number="T-1")
    assert channels(city) == (0, 1)
    merged(people, kept, dropped)
    assert channels(city) == (0, 1)
    spans = kept.profiles.kept().order_by("starts_on").values_list("starts_on", "ends_on")
    assert list(spans) == [(LONG_AGO, date(2017, 12, 31)), (date(2018, 1, 1), None)]


def test_what_clashes_is_listed_and_settled_first(
    city: City, people: dict[str, User], twins: tuple[Institution, Institution]
) -> None:
    kept, dropped = twins
    make_beds(kept, date(2017, 12, 1), 80)
    wrong = make_beds(dropped, date(2017, 12, 1), 90)
    (conflict,) = plan_merge(kept, dropped).conflicts
    assert conflict.label == "床位"
    assert "2017-12-01" in conflict.row
    with pytest.raises(ValidationError, match="还有 1 处冲突"):
        merged(people, kept, dropped)
    BedCount.objects.filter(pk=wrong.pk).update(voided_at="2018-01-01T00:00Z", void_reason="录错")
    merged(people, kept, dropped)
    assert BedCount.objects.kept().get().institution == kept


def test_the_same_beds_entered_twice_are_voided_not_a_conflict(
    city: City, people: dict[str, User], twins: tuple[Institution, Institution]
) -> None:
    kept, dropped = twins
    for one in twins:
        make_beds(one, date(2017, 12, 1), 80)
    merged(people, kept, dropped)
    row = BedCount.objects.exclude(voided_at=None).get()
    assert row.institution == dropped
    assert "与保留的记录重复" in row.void_reason


def test_two_persons_merge_and_another_undoes(
    city: City, people: dict[str, User], twins: tuple[Institution, Institution]
) -> None:
    clerk, checker, other = (actor_of(people[who], TODAY) for who in ("clerk", "checker", "other"))
    with pytest.raises(PermissionDenied):
        propose_merge(
            by=actor_of(people["civil"], TODAY), kept=twins[0], dropped=twins[1], reason="同一家"
        )
    merge = propose_merge(by=clerk, kept=twins[0], dropped=twins[1], reason="同一家")
    with pytest.raises(PermissionDenied, match=NOT_A_REVIEWER):
        decide_merge(by=clerk, merge=merge, is_agreed=True)
    with pytest.raises(ValidationError, match="不同意的，请写明意见"):
        decide_merge(by=checker, merge=merge, is_agreed=False)
    decide_merge(by=checker, merge=merge, is_agreed=True)
    with pytest.raises(ValidationError, match="已经审核过"):
        decide_merge(by=other, merge=merge, is_agreed=True)
    with pytest.raises(ValidationError, match=UNDONE_BY_ANOTHER):
        undo_merge(by=checker, merge=merge, reason="并错了")
    undo_merge(by=other, merge=merge, reason="并错了")
    twins[1].refresh_from_db()
    assert (twins[1].merged_into, twins[1].voided_at) == (None, None)


def test_the_database_lets_nobody_merge_alone(
    people: dict[str, User], twins: tuple[Institution, Institution]
) -> None:
    kept, dropped = twins
    with (
        pytest.raises(IntegrityError, match="须经另一人审核"),
        recorded(by=people["checker"], reason="悄悄并"),
    ):
        Institution.objects.filter(pk=dropped.pk).update(
            merged_into=kept, voided_at="2018-01-01T00:00Z", void_reason="并入"
        )


def test_the_old_code_is_not_entered_again(
    city: City, people: dict[str, User], twins: tuple[Institution, Institution]
) -> None:
    kept, dropped = twins
    merged(people, kept, dropped)
    values = {"code": dropped.code, "category": "A100", "elderly_kind": "", "region": city.east}
    told = institution_line(actor_of(people["clerk"], TODAY), values)
    assert told == f"机构编码 {dropped.code} 已并入 {kept.code}；请改用 {kept.code}。"
    with pytest.raises((IntegrityError, ValidationError), match="已并入另一机构"):
        register_institution(
            by=SYSTEM,
            code=dropped.code,
            starts_on=TODAY,
            name="再来一次",
            region=city.east_street,
            status="OPERATING",
            category="A100",
        )
    assert not InstitutionProfile.objects.kept().filter(institution=dropped).exists()


def test_the_change_log_tells_the_merge(
    people: dict[str, User], twins: tuple[Institution, Institution]
) -> None:
    kept, dropped = twins
    merged(people, kept, dropped)
    entry = ChangeEntry.objects.of("institutions_institution", dropped.pk).last()
    assert entry is not None
    assert entry.after is not None
    assert entry.after["merged_into_id"] == kept.pk
    assert entry.change.reason == "合并机构：同一许可证"
    assert entry.change.actor == people["checker"]


# 不随合并走的：概况由保留方的补，申请与归属变动是当时的记录，填报单是当时那一家报的、报出后不动，
# 其余是合并自己的。
LEFT_BEHIND = {
    "institutions.institution.merged_into_id",
    "institutions.institutionprofile.institution_id",
    "institutions.institutionmerge.kept_id",
    "institutions.institutionmerge.dropped_id",
    "institutions.changerequest.institution_id",
    "institutions.scopeturn.institution_id",
    "targets.quarterlyreturn.institution_id",
}


def test_every_column_that_points_at_an_institution_follows_or_is_left_on_purpose() -> None:
    pointing = {
        f"{model._meta.label_lower}.{field.attname}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model is Institution
    }
    moved = {mover.key for mover in movers()}
    assert pointing - moved == LEFT_BEHIND, "新的登记请用 register_mover() 登记，或写明为什么不动。"


def post(browser: Client, way: str, **data: Any) -> Any:
    return browser.post(way, data)


def test_a_merge_goes_through_the_pages(city: City, twins: tuple[Institution, Institution]) -> None:
    kept, dropped = twins
    clerk, checker = browse_as(Role.CITY_HEALTH_CLERK), browse_as(Role.CITY_HEALTH_REVIEWER)
    way = f"/institutions/{dropped.pk}/merge/"
    page = clerk.get(way, {"other": kept.code, "stays": "other"}).content.decode()
    assert "移过去" in page
    assert post(clerk, way, other=kept.code, stays="other", reason="").status_code == 422
    assert post(clerk, way, other=dropped.code, stays="other", reason="x").status_code == 422
    answer = post(clerk, way, other=kept.code, stays="other", reason="同一许可证")
    assert answer.status_code == 302
    one = answer["Location"]
    assert post(clerk, one, decision="agree").status_code == 403
    assert "并入" in checker.get("/work/institution-merges/").content.decode()
    assert post(checker, one, decision="agree").status_code == 302
    for role, region in ((Role.CITY_HEALTH_CLERK, None), (Role.DISTRICT_HEALTH_CLERK, city.east)):
        told = browse_as(role, region).get(f"/institutions/{dropped.pk}/").content.decode()
        assert f"/institutions/{kept.pk}/" in told
        assert "已并入另一条记录" in told
    west = browse_as(Role.DISTRICT_HEALTH_CLERK, city.west)
    assert west.get(f"/institutions/{dropped.pk}/").status_code == 404
    assert "移动的记录" in clerk.get(one).content.decode()
    assert post(checker, f"{one}undo/", undo_reason="并错了").status_code == 422
    another = browse_as(Role.CITY_HEALTH_REVIEWER)
    assert post(another, f"{one}undo/", undo_reason="并错了").status_code == 302
    assert "已并入" not in clerk.get(f"/institutions/{dropped.pk}/").content.decode()
