"""What a sheet of sign-ups says besides: which sign-up is renewed, which key groups are joined."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.imports.key_groups import masked_groups, read_groups
from contracts.models import DoctorTeam, FamilyDoctorSignup, KeyGroupMembership
from contracts.tests.factories import make_key_group, make_known_person, make_signup, make_team
from contracts.tests.persons import City
from contracts.tests.test_import_signups import HEADER, faults, id_number, line, sheet
from institutions.imports.pages import all_pages
from institutions.imports.registry import register_named
from institutions.imports.shown import preview_of
from institutions.tests.batches import confirm, counts, preview, send_cells
from institutions.tests.factories import make_health
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user
from yiyang.changelog.models import Change

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return City.make()


@pytest.fixture
def team(city: City) -> DoctorTeam:
    return make_team(make_health(city.street), city.community)


@pytest.fixture
def clerk(city: City) -> User:
    return open_user(Role.CITY_HEALTH_CLERK)


# ── 续签 ──────────────────────────────────────────────────────────────────────


# 上一份到期 2025-02-28 前后：本份 2025-03-01 起
@pytest.mark.parametrize(("before", "other_team", "told"), [
    ({"expires_on": date(2025, 2, 28)}, False, "续签：接 2025-02-28 到期的签约，间隔 0 天"),
    ({"expires_on": date(2025, 2, 27)}, False, "续签：接 2025-02-27 到期的签约，间隔 1 天"),
    ({"expires_on": date(2025, 2, 28)}, True, ""),
    ({"expires_on": date(2025, 2, 28), "terminated_on": date(2024, 9, 1)}, False, ""),
])  # fmt: skip
def test_a_sign_up_renews_the_one_before_with_the_same_team(
    clerk: User, city: City, team: DoctorTeam, before: dict[str, date], other_team: bool, told: str
) -> None:
    person = make_known_person(city.community, id_number=id_number(1))
    old_team = make_team(make_health(city.street)) if other_team else team
    days = {"signed_on": date(2024, 2, 1), "starts_on": date(2024, 2, 1), **before}
    old = make_signup(person, old_team, **days)
    batch = preview(clerk, send_cells(clerk, "signups", sheet(line(team))))
    assert [one.note for one in all_pages(batch)] == [told]
    confirm(clerk, batch)
    new = FamilyDoctorSignup.objects.get(starts_on=date(2025, 3, 1))
    assert new.renewal_of == (old if told else None)
    assert counts(preview(clerk, send_cells(clerk, "signups", sheet(line(team))))) == (0, 0, 1, 0)


@pytest.mark.parametrize("chunk", [1, 5000])
def test_the_order_of_lines_does_not_matter(
    clerk: User, city: City, team: DoctorTeam, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr("contracts.imports.signups.CHUNK", chunk)
    place = {"居住地区划代码": city.community.code}
    later = {"签约日期": "2026-03-01", "到期日期": "2027-02-28"}
    earlier = {"签约日期": "2024-02-01", "到期日期": "2025-02-10"}
    cells = sheet(*(line(team, 1, **place, **days) for days in (later, {}, earlier)))
    confirm(clerk, preview(clerk, send_cells(clerk, "signups", cells)))
    first, second, third = FamilyDoctorSignup.objects.order_by("starts_on")
    assert (first.renewal_of, second.renewal_of, third.renewal_of) == (None, first, second)


def test_what_is_renewed_already_is_not_renewed_again(
    clerk: User, city: City, team: DoctorTeam
) -> None:
    person = make_known_person(city.community, id_number=id_number(1))
    old = make_signup(
        person,
        team,
        signed_on=date(2023, 1, 1),
        starts_on=date(2023, 1, 1),
        expires_on=date(2024, 1, 31),
    )
    new = make_signup(
        person,
        team,
        signed_on=date(2026, 3, 1),
        starts_on=date(2026, 3, 1),
        expires_on=date(2027, 2, 28),
        renewal_of=old,
    )
    confirm(clerk, preview(clerk, send_cells(clerk, "signups", sheet(line(team)))))
    between = FamilyDoctorSignup.objects.get(starts_on=date(2025, 3, 1))
    new.refresh_from_db()
    assert (new.renewal_of, between.renewal_of) == (old, None)


# ── 重点人群 ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("written", "read", "shown"), [
    ("", (), ""),
    ("无", (), "无"),
    ("65岁及以上老年人，高血压", ("HYPERTENSION",), "65岁及以上老年人、高血压"),
    ("2 型糖尿病患者、残疾人", ("DIABETES", "DISABILITY"), "2型糖尿病患者、残疾人"),
    ("Ⅱ型糖尿病 脱贫户", ("DIABETES", "LIFTED_FROM_POVERTY"), "2型糖尿病、脱贫户"),
    ("肺结核/高血压患者", ("HYPERTENSION", "TUBERCULOSIS"), "限制类、高血压患者"),
    ("计生特殊家庭；严重精神障碍", ("SEVERE_MENTAL_DISORDER", "SPECIAL_FAMILY_PLANNING"), "限制类"),
])  # fmt: skip
def test_the_words_of_offices(written: str, read: tuple[str, ...], shown: str) -> None:
    assert (read_groups(written), masked_groups(written)) == (read, shown)


def with_groups(team: DoctorTeam, groups: str, **given: str) -> str:
    cells = (*line(team, 1, **given), groups)
    return "\n".join("\t".join(row) for row in ((*HEADER, "重点人群"), cells))


def held() -> list[tuple[str, date, date | None]]:
    rows = KeyGroupMembership.objects.kept().order_by("group", "starts_on")
    return list(rows.values_list("group", "starts_on", "ends_on"))


def test_groups_are_joined_from_the_first_day_of_the_sign_up(
    clerk: User, city: City, team: DoctorTeam
) -> None:
    cells = with_groups(team, "高血压、肺结核", 居住地区划代码=city.community.code)
    batch = preview(clerk, send_cells(clerk, "signups", cells))
    register = register_named("signups")
    assert register is not None
    shown = preview_of(batch, register, "NEW", 1)
    assert shown is not None
    assert shown.lines[0].cells[-1].text == "高血压、限制类"
    confirm(clerk, batch)
    start = date(2025, 3, 1)
    assert held() == [("HYPERTENSION", start, None), ("TUBERCULOSIS", start, None)]
    before = Change.objects.count()
    again = preview(clerk, send_cells(clerk, "signups", cells))
    assert counts(confirm(clerk, again)) == (0, 0, 1, 0)
    assert Change.objects.count() == before


@pytest.mark.parametrize(("ends_on", "joined"), [
    (None, False),
    (date(2025, 3, 1), False),
    (date(2025, 2, 28), True),
])  # fmt: skip
def test_who_is_in_the_group_does_not_join_again(
    clerk: User, city: City, team: DoctorTeam, ends_on: date | None, joined: bool
) -> None:
    person = make_known_person(city.community, name="王秀英", id_number=id_number(1))
    make_key_group(person, group="HYPERTENSION", starts_on=date(2020, 1, 1), ends_on=ends_on)
    confirm(clerk, preview(clerk, send_cells(clerk, "signups", with_groups(team, "高血压"))))
    assert len(held()) == 1 + joined


@pytest.mark.parametrize("is_member", [False, True])
def test_a_restricted_group_alone_tells_nothing_of_who_is_in_it(
    clerk: User, city: City, team: DoctorTeam, is_member: bool
) -> None:
    """The same answer for a member and for anybody else, so that no sheet can find out."""
    cells = with_groups(team, "", 居住地区划代码=city.community.code)
    confirm(clerk, preview(clerk, send_cells(clerk, "signups", cells)))
    if is_member:
        person = FamilyDoctorSignup.objects.get().person
        make_key_group(person, group="TUBERCULOSIS", starts_on=date(2020, 1, 1))
    asked = preview(clerk, send_cells(clerk, "signups", with_groups(team, "肺结核")))
    assert counts(asked) == (0, 0, 1, 0)
    both = preview(clerk, send_cells(clerk, "signups", with_groups(team, "肺结核、高血压")))
    assert [one.old for one in all_pages(both)] == [{"key_groups": "（空）"}]
    confirm(clerk, both)
    assert [group for group, _, _ in held()] == ["HYPERTENSION", "TUBERCULOSIS"]


def test_a_word_that_is_no_group_is_refused(clerk: User, city: City, team: DoctorTeam) -> None:
    cells = with_groups(team, "高血压、高血脂", 居住地区划代码=city.community.code)
    batch = preview(clerk, send_cells(clerk, "signups", cells))
    assert "“重点人群”“高血脂”不认识，请填：高血压患者、" in "".join(faults(batch))
