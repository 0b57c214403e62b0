"""Ids of another district or another account, put where one's own belong, do nothing."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.models import Reveal
from institutions.models import Region
from targets.models import ContactNote, Plan, PlanStep
from yiyang.access.models import AccountSession
from yiyang.access.roles import Role
from yiyang.tests.attacks.scene import DISTRICT_ROLES, ID_NUMBER, NAME, PLAN, Scene

EAST_WRITERS = DISTRICT_ROLES


def own_plan(scene: Scene, role: Role) -> Plan:
    return Plan.objects.create(
        name="东区方案",
        region=scene.city.east,
        as_of=scene.plan.as_of,
        author=scene.accounts[role],
    )


def search_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize("role", EAST_WRITERS)
def test_a_note_about_another_districts_institution_is_not_taken(scene: Scene, role: Role) -> None:
    before = ContactNote.objects.count()
    for region in (scene.keys["east"], scene.keys["west"]):
        way = f"/targets/GC17/gap/contacts/?region={region}&as_of={scene.keys['day']}"
        data = {"institution": scene.hospital.pk, "contacted_on": "2020-01-01", "text": "x"}
        assert scene.browser(role).post(way, data).status_code == 404
    assert ContactNote.objects.count() == before


@pytest.mark.parametrize("role", EAST_WRITERS)
def test_a_plan_for_another_district_is_not_drawn_up(scene: Scene, role: Role) -> None:
    for region in (scene.keys["west_id"], scene.city.city.pk, scene.city.west_street.pk):
        data = {"name": "偷", "region": region, "as_of": "2027-12-31"}
        assert scene.browser(role).post("/targets/plans/new/", data).status_code == 422
    assert not Plan.objects.filter(name="偷").exists()


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("open-channel", "hospital"),
        ("new-agreement", "hospital"),
        ("add-beds", "home"),
        ("convert-beds", "home"),
        ("sign-agreement", "1"),
        ("renew-licence", "1"),
    ],
)
def test_a_step_about_another_districts_record_is_not_added(
    scene: Scene, kind: str, subject: str
) -> None:
    role = Role.DISTRICT_HEALTH_CLERK
    plan = own_plan(scene, role)
    data = {"subject": scene.keys.get(subject, subject), "partner": scene.home.pk, "amount": "1"}
    answer = scene.browser(role).post(f"/targets/plans/{plan.pk}/add/{kind}/", data)
    assert answer.status_code == 422
    assert not PlanStep.objects.filter(plan=plan).exists()


def test_a_search_for_subjects_offers_nothing_of_another_district(scene: Scene) -> None:
    role = Role.DISTRICT_HEALTH_CLERK
    plan = own_plan(scene, role)
    way = f"/targets/plans/{plan.pk}/add/new-agreement/?q=西原&partner_q=西原"
    answer = scene.browser(role).get(way)
    assert answer.status_code == 200
    assert not answer.context["subjects"].choices
    assert not answer.context["partners"].choices


def test_a_step_of_another_plan_is_not_removed_through_ones_own(scene: Scene) -> None:
    role = Role.DISTRICT_HEALTH_CLERK
    plan = own_plan(scene, role)
    way = f"/targets/plans/{plan.pk}/steps/{scene.keys['step']}/remove/"
    assert scene.browser(role).post(way).status_code == 404
    assert PlanStep.objects.filter(pk=scene.keys["step"]).exists()


def test_a_plan_in_sight_is_still_its_authors(scene: Scene) -> None:
    """The city sees the district's plan and can neither change nor save it."""
    browser = scene.browser(Role.CITY_HEALTH_CLERK)
    for way in ("save/", f"steps/{scene.keys['step']}/remove/"):
        assert browser.post(f"/targets/plans/{scene.plan.pk}/{way}").status_code == 403
    scene.plan.refresh_from_db()
    assert (scene.plan.name, scene.plan.status) == (PLAN, "DRAFT")


@pytest.mark.parametrize("term", [NAME, ID_NUMBER, ID_NUMBER.lower(), f" {NAME} "])
@pytest.mark.parametrize("role", [Role.DISTRICT_HEALTH_CLERK, Role.DISTRICT_HEALTH_REVIEWER])
def test_a_person_elsewhere_is_answered_like_nobody(scene: Scene, role: Role, term: str) -> None:
    browser = scene.browser(role)
    there, nowhere = (
        search_of(browser.post("/persons/search/", {"term": typed})) for typed in (term, "无此人")
    )
    assert without_tokens(there) == without_tokens(nowhere)


def without_tokens(page: str) -> list[str]:
    """The page's lines but for the token, which is new each time."""
    return [line for line in page.splitlines() if "csrfmiddlewaretoken" not in line]


def test_a_uid_guessed_rightly_reveals_nothing_elsewhere(scene: Scene) -> None:
    browser = scene.browser(Role.DISTRICT_HEALTH_REVIEWER)
    data = {"field": "name", "reason": "contact", "note": "通知体检时间"}
    assert browser.post(f"/persons/{scene.person.uid}/reveal/", data).status_code == 404
    assert not Reveal.objects.exists()


def test_an_export_filtered_by_another_district_is_refused(scene: Scene) -> None:
    browser = scene.browser(Role.DISTRICT_HEALTH_REVIEWER)
    data = {"columns": ["name"], "purpose": "核对体检名单，交疾控科"}
    for region in (scene.city.west, scene.city.city, scene.city.west_community):
        answer = browser.post(f"/persons/export/?region={region.code}", data)
        assert answer.status_code == 404


def test_a_grant_is_not_taken_back_through_another_account(scene: Scene) -> None:
    other = scene.accounts[Role.LEADER].pk
    way = f"/institutions/grants/{other}/region/{scene.keys['grant']}/end"
    assert scene.browser(Role.SECURITY_ADMIN).post(way).status_code == 404
    assert Region.objects.filter(grants__pk=scene.keys["grant"], grants__ends_on=None).exists()


@pytest.mark.parametrize("role", list(Role))
def test_nobody_ends_another_accounts_session(scene: Scene, role: Role) -> None:
    way = f"/account/sessions/{scene.keys['session']}/end"
    assert scene.browser(role).post(way).status_code == 404
    assert AccountSession.objects.get(pk=scene.keys["session"]).ended_at is None
