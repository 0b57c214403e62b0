"""The security administrator gives and takes back what an account may see."""

from datetime import date
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from institutions.models import Institution, InstitutionGrant, Region, RegionGrant, RegionLevel
from institutions.tests.factories import make_institution, make_region
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.scope import grants_of
from yiyang.access.tests.accounts import PASSWORD, code_now, open_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    return sign_in(open_user(Role.SECURITY_ADMIN, with_code=True), code=code_now())


@pytest.fixture
def clerk() -> User:
    return open_user(Role.DISTRICT_HEALTH_CLERK)


def sign_in(user: User, code: str = "") -> Client:
    client = Client()
    fields = {"username": user.username, "password": PASSWORD, "otp_token": code}
    client.post(reverse("sign-in"), fields)
    return client


def give(desk: Client, user: User, place: Region | Institution | str) -> str:
    """Post the code; return the account page that follows."""
    code = place if isinstance(place, str) else place.code
    answer = desk.post(reverse("grant-new", args=[user.pk]), {"code": code}, follow=True)
    return str(answer.content.decode())


def held(user: User) -> tuple[tuple[int, ...], tuple[int, ...]]:
    grants = grants_of(user.pk, timezone.localdate())
    return grants.region_ids, grants.institution_ids


def test_a_region_or_an_institution_is_given_by_its_code(desk: Client, clerk: User) -> None:
    region, home = make_region("海勃湾区", RegionLevel.DISTRICT), make_institution()
    assert "海勃湾区" in give(desk, clerk, region)
    assert home.code in give(desk, clerk, home)
    assert held(clerk) == ((region.pk,), (home.pk,))


def test_what_is_taken_back_is_gone_the_same_day(desk: Client, clerk: User) -> None:
    region, home = make_region("海勃湾区", RegionLevel.DISTRICT), make_institution()
    give(desk, clerk, home)
    old = RegionGrant.objects.create(user=clerk, region=region, starts_on="2020-01-01")
    new = InstitutionGrant.objects.get(user=clerk)
    for kind, grant in (("region", old), ("institution", new)):
        desk.post(reverse("grant-end", args=[clerk.pk, kind, grant.pk]))
    assert held(clerk) == ((), ())
    assert RegionGrant.objects.get().ends_on is not None
    assert InstitutionGrant.objects.get().voided_at is not None


@pytest.mark.parametrize(
    ("day", "is_held"),
    [
        (date(2020, 2, 29), False),
        (date(2020, 3, 1), True),
        (date(2020, 3, 31), True),
        (date(2020, 4, 1), False),
    ],
)
@pytest.mark.parametrize("is_void", [False, True])
def test_what_is_held_on_a_day_is_what_the_register_says(
    clerk: User, day: date, is_held: bool, is_void: bool
) -> None:
    """Asked in SQL of its own, so compared with what a reader of the register would find."""
    other = open_user(Role.DISTRICT_HEALTH_CLERK)
    voided = {"voided_at": timezone.now(), "void_reason": "误给"} if is_void else {}
    dates = {"starts_on": date(2020, 3, 1), "ends_on": date(2020, 3, 31)} | voided
    region, home = make_region("海勃湾区", RegionLevel.DISTRICT), make_institution()
    for user in (clerk, other):
        RegionGrant.objects.create(user=user, region=region, **dates)
        InstitutionGrant.objects.create(user=user, institution=home, **dates)
    grants = grants_of(clerk.pk, day)
    for ids, model in (
        (grants.region_ids, RegionGrant),
        (grants.institution_ids, InstitutionGrant),
    ):
        assert len(ids) == model.objects.on(day).filter(user=clerk).count()
    is_told = is_held and not is_void
    assert grants.region_ids == ((region.pk,) if is_told else ())
    assert grants.institution_ids == ((home.pk,) if is_told else ())


def test_a_code_nobody_has_and_a_grant_held_already_are_told(desk: Client, clerk: User) -> None:
    region = make_region("海勃湾区", RegionLevel.DISTRICT)
    assert "没有编码为 000 的区划或机构" in give(desk, clerk, "000")
    give(desk, clerk, region)
    assert "已有这个区划的授权" in give(desk, clerk, region)
    assert RegionGrant.objects.count() == 1


def test_a_grant_of_another_account_is_not_found(desk: Client, clerk: User) -> None:
    region, other = make_region("乌达区", RegionLevel.DISTRICT), open_user(Role.LEADER)
    grant = RegionGrant.objects.create(user=other, region=region, starts_on="2020-01-01")
    for kind in ("region", "institution", "user"):
        answer = desk.post(reverse("grant-end", args=[clerk.pk, kind, grant.pk]))
        assert answer.status_code == HTTPStatus.NOT_FOUND
    assert RegionGrant.objects.get().ends_on is None


@pytest.mark.parametrize("role", [Role.CITY_HEALTH_CLERK, Role.LEADER, Role.BUREAU_LIAISON])
def test_nobody_else_grants(role: Role, clerk: User) -> None:
    region = make_region("海南区", RegionLevel.DISTRICT)
    client = sign_in(open_user(role))
    fields = {"code": region.code}
    answer = client.post(reverse("grant-new", args=[clerk.pk]), fields)
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert not RegionGrant.objects.exists()


def test_nobody_grants_to_themselves(desk: Client) -> None:
    region = make_region("海南区", RegionLevel.DISTRICT)
    own = User.objects.get(role=Role.SECURITY_ADMIN)
    assert "不能办理自己的账号" in give(desk, own, region)
    assert not RegionGrant.objects.exists()
