"""Filling in a return: shares follow, nobody's numbers are overwritten unseen, moves are known."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest

from contracts.tests.persons import browser_of
from institutions.models import InstitutionProfile
from targets.models import QuarterlyReturn, ReturnVerb
from targets.returns.sheets import filled
from targets.tests.returns.return_scene import (
    HAND,
    SECOND,
    ReturnScene,
    of_home,
    opened,
)
from targets.tests.task_scene import make_user
from yiyang.access.models import User
from yiyang.access.roles import Role

pytestmark = pytest.mark.django_db


def number(own: QuarterlyReturn, code: str) -> Decimal | None:
    return own.values.get(item__code=code).value


@pytest.mark.parametrize(
    ("beds", "nursing", "share"),
    [("80", "25", Decimal("31.25")), ("75", "25", Decimal("33.33")), ("0", "0", None)],
)
def test_a_share_follows_from_its_two_items_and_is_typed_by_nobody(
    scene: ReturnScene, own: QuarterlyReturn, beds: str, nursing: str, share: Decimal | None
) -> None:
    said = {"16": (beds, "拆改"), "17": (nursing, "拆改"), "18": ("99", "")}
    scene.fill("reporter", own, said)
    assert number(own, "18") == share
    assert [one for one in filled(own).stopping if one.code == "18"] == []
    # 重新取数不动手填的数，占比也不退回按取数算的。
    scene.step("reporter", own, ReturnVerb.FETCH)
    assert number(own, "18") == share


def test_a_share_has_no_field_on_the_page(scene: ReturnScene, own: QuarterlyReturn) -> None:
    page = browser_of(scene.people["reporter"]).get(f"/returns/{own.pk}/").content.decode()
    assert 'name="value-17"' in page
    assert 'name="value-18"' not in page
    assert 'name="note-18"' in page


@pytest.fixture
def colleague(scene: ReturnScene) -> User:
    """A second person who fills in for the same home."""
    found = make_user(Role.INSTITUTION_REPORTER)
    grant = scene.people["reporter"].institution_grants.get()
    grant.pk, grant.user = None, found
    grant.save(force_insert=True)
    return found


def test_what_another_saved_meanwhile_is_not_overwritten_unseen(
    scene: ReturnScene, own: QuarterlyReturn, colleague: User
) -> None:
    way = f"/returns/{own.pk}/"
    mine, theirs = browser_of(scene.people["reporter"]), browser_of(colleague)
    first, second = (form_on(browser.get(way)) for browser in (mine, theirs))
    assert theirs.post(way, second | {"value-23": "12", "value-24": "3"}).status_code == 302
    answer = mine.post(way, first | {"value-23": "9"})
    assert answer.status_code == 422
    told = answer.context["form"].non_field_errors()[0]
    assert f"又由{colleague.display_name}保存过" in told
    assert "23（现为 12）、24（现为 3）" in told
    assert "16" not in told
    assert number(own, "23") == 12
    # 看过之后再保存，以后来的为准。
    assert mine.post(way, first | {"value-23": "9", "seen": seen_on(answer)}).status_code == 302
    assert [number(own, code) for code in ("23", "24")] == [9, None]


def test_the_same_numbers_saved_twice_are_no_conflict(
    scene: ReturnScene, own: QuarterlyReturn, colleague: User
) -> None:
    way = f"/returns/{own.pk}/"
    mine, theirs = browser_of(scene.people["reporter"]), browser_of(colleague)
    said = form_on(mine.get(way)) | {"value-23": "12", "value-24": "3"}
    assert theirs.post(way, said).status_code == 302
    assert mine.post(way, said).status_code == 302


def test_nobody_hands_in_numbers_they_have_not_read(
    scene: ReturnScene, own: QuarterlyReturn, colleague: User
) -> None:
    way = f"/returns/{own.pk}/"
    scene.fill("reporter", own, HAND)
    mine = browser_of(scene.people["reporter"])
    step = {"verb": "SUBMIT", "text": "", "seen": seen_on(mine.get(way))}
    read = form_on(browser_of(colleague).get(way))
    assert browser_of(colleague).post(way, read | {"value-23": "25"}).status_code == 302
    late = mine.post(f"{way}step", step)
    assert late.status_code == 422
    assert "表里的数或说明有改动；请先看现在的" in late.content.decode()
    step["seen"] = seen_on(late)
    assert mine.post(f"{way}step", step).status_code == 302
    own.refresh_from_db()
    assert (own.state, number(own, "23")) == ("SUBMITTED", Decimal(25))


def form_on(answer: Any) -> dict[str, str]:
    """What the browser would send from the page."""
    fields = {one.html_name: one.value() for one in answer.context["form"]}
    return {name: "" if value is None else str(value) for name, value in fields.items()} | {
        "seen": seen_on(answer)
    }


def seen_on(answer: Any) -> str:
    found = re.search(r'name="seen" value="([^"]+)"', answer.content.decode())
    assert found is not None
    return found[1]


def test_a_home_that_moved_to_another_district_keeps_its_last_quarter(
    scene: ReturnScene,
) -> None:
    home = scene.homes[0]
    scene.fill("reporter", of_home(opened(scene, SECOND.before), home), HAND)
    profiles = InstitutionProfile.objects.filter(institution=home)
    profiles.update(region=scene.city.west_street)
    later = of_home(opened(scene), home)
    assert later.region == scene.city.west
    before = {one.item.code: one.last_quarter for one in filled(later).lines}
    assert [before[code] for code in ("23", "24")] == [12, 3]
