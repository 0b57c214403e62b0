"""The pages of 季度监测: what a clerk sees and does, what it costs, who sees what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from contracts.tests.persons import browser_of
from institutions.tests.factories import make_elderly, make_filing
from targets.models import (
    FormState,
    QuarterlyReturn,
    ReturnForm,
    ReturnPeriod,
    ReturnState,
    ReturnVerb,
)
from targets.returns.calendar import chase_text, owing, progress, standing, standing_tone
from targets.returns.forms_actions import (
    amend_form,
    draft_version,
    put_check,
    put_into_use,
    put_item,
    remove_part,
)
from targets.returns.work import to_fill
from targets.tests.returns.return_scene import (
    DUE,
    HAND,
    SECOND,
    ReturnScene,
    form_in_use,
    of_city,
    of_home,
    of_region,
    opened,
    published,
)
from targets.tests.task_scene import queries_of
from yiyang.work import work_of

pytestmark = pytest.mark.django_db


def test_a_home_fills_in_its_return_in_the_browser(
    scene: ReturnScene, period: ReturnPeriod
) -> None:
    own = of_home(period, scene.homes[0])
    browser = browser_of(scene.people["reporter"])
    page = browser.get(f"/returns/{own.pk}/").content.decode()
    assert "还有 2 处审核不通过或未说明" in page
    posted = {f"value-{code}": number for code, (number, _) in HAND.items()}
    filled = {
        "value-16": "100",
        "value-17": "25",
        "value-19": "50",
        "value-20": "0",
        "value-21": "0",
        "value-22": "50",
        **posted,
    }
    wrong = browser.post(f"/returns/{own.pk}/", filled | {"value-16": "99", "value-17": "半"})
    assert wrong.status_code == 422
    assert "请填 0 或更大的整数" in wrong.content.decode()
    wrong = browser.post(f"/returns/{own.pk}/", filled | {"value-16": "99"})
    assert "与取数 100 不同，请在说明里写明原因" in wrong.content.decode()
    assert browser.post(f"/returns/{own.pk}/", filled).status_code == 302
    done = browser.post(f"/returns/{own.pk}/step", {"verb": "SUBMIT", "text": ""})
    assert done.status_code == 302
    own.refresh_from_db()
    assert own.state == ReturnState.SUBMITTED
    assert browser.post(f"/returns/{own.pk}/", filled).status_code == 403


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("reporter", {"东华养老院"}),
        ("east", {"东区", "东华养老院", "东泰养老院"}),
        ("west_checker", {"西区"}),
        ("city", {"测试市（市汇总）", "东区", "西区", "东华养老院", "东泰养老院"}),
    ],
)
def test_who_sees_which_returns(
    scene: ReturnScene, period: ReturnPeriod, who: str, sees: set[str]
) -> None:
    browser = browser_of(scene.people[who])
    page = browser.get("/returns/?sort=").content.decode()
    table = page[page.index("<tbody") :]
    names = {one.unit_name for one in period.returns.all()}
    assert {name for name in names if f">{name}</a>" in table} == sees
    for one in period.returns.all():
        answer = browser.get(f"/returns/{one.pk}/").status_code
        assert answer == (200 if one.unit_name in sees else 404)


@pytest.mark.parametrize("way", ["/returns/?sort=", "/returns/periods/{}/"])
def test_queries_do_not_grow_with_the_homes(scene: ReturnScene, way: str) -> None:
    browser = browser_of(scene.people["city"])
    few = queries_of(browser, way.format(opened(scene).pk))
    for n in range(12):
        make_filing(make_elderly(scene.city.west_street, name=f"西苑{n}"))
    many_period = opened(scene, SECOND.before, DUE)
    assert many_period.returns.count() > 12
    assert queries_of(browser, way.format(many_period.pk)) == few


def test_a_district_s_page_costs_the_same_for_any_number_of_homes(scene: ReturnScene) -> None:
    browser = browser_of(scene.people["west"])
    few = queries_of(browser, f"/returns/{of_region(opened(scene), scene.city.west).pk}/")
    for n in range(12):
        make_filing(make_elderly(scene.city.west_street, name=f"西苑{n}"))
    later = of_region(opened(scene, SECOND.before), scene.city.west)
    assert queries_of(browser, f"/returns/{later.pk}/") == few


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 7, 3), "剩 4 天"),
        (date(2026, 7, 7), "剩 0 天"),  # 期限当天还来得及
        (date(2026, 7, 8), "逾期 1 天"),
    ],
)
def test_the_last_day_is_still_in_time(
    scene: ReturnScene, period: ReturnPeriod, day: date, words: str
) -> None:
    assert standing(of_home(period, scene.homes[0]), day) == words


@pytest.mark.parametrize(
    ("state", "submitted_on", "words", "tone"),
    [
        (ReturnState.FILLING, None, "剩 0 天", "plain"),
        (ReturnState.RETURNED, None, "剩 0 天", "plain"),
        (ReturnState.SUBMITTED, date(2026, 7, 7), "按期", "good"),  # 期限当天报出
        (ReturnState.SUBMITTED, date(2026, 7, 8), "迟报", "warn"),
        (ReturnState.REVIEWED, date(2026, 7, 8), "迟报", "warn"),
    ],
)
def test_what_was_handed_in_late_stays_late(
    state: ReturnState, submitted_on: date | None, words: str, tone: str
) -> None:
    day = date(2026, 7, 7)
    own = QuarterlyReturn(state=state, due_on=day, submitted_on=submitted_on)
    assert (standing(own, day), standing_tone(own, day)) == (words, tone)


def test_how_far_the_homes_of_a_district_are(scene: ReturnScene, period: ReturnPeriod) -> None:
    first, second = (of_home(period, home) for home in scene.homes)
    for who, own in (("reporter", first), ("other", second)):
        scene.fill(who, own, HAND)
        scene.step(who, own, ReturnVerb.SUBMIT)
    scene.step("east_checker", first, ReturnVerb.REVIEW)
    rows = progress(period, scene.actor("city"))
    told = {one.own.unit_name: (one.asked, one.reviewed, one.waiting, one.owing) for one in rows}
    assert told == {
        "测试市（市汇总）": (2, 1, 1, 0),
        "东区": (2, 1, 1, 0),
        "西区": (0, 0, 0, 0),
    }
    scene.step("east_checker", second, ReturnVerb.RETURN, "请核对")
    city = progress(period, scene.actor("city"))[0]
    assert (city.reviewed, city.waiting, city.owing) == (1, 0, 1)


def test_the_words_to_chase_with_name_who_owes(
    scene: ReturnScene, period: ReturnPeriod, settings: Any
) -> None:
    own = of_home(period, scene.homes[0])
    scene.fill("reporter", own, HAND)
    scene.step("reporter", own, ReturnVerb.SUBMIT)
    actor = scene.actor("city", date(2026, 7, 8))
    text = chase_text(period, owing(period, actor), actor.day)
    assert text.splitlines() == [
        "请下列单位尽快报送2026年第二季度医养结合季度监测表（截至2026-07-08尚未报出）：",
        "东区：东泰养老院（期限 2026-07-07，逾期 1 天）；东区（期限 2026-07-14）。",
        "西区：西区（期限 2026-07-14）。",
    ]
    settings.DEMO = True
    assert settings.DEMO_MARK in chase_text(period, owing(period, actor), actor.day)
    assert chase_text(period, [], actor.day) == ""
    rows = [
        (one.own.unit_name, one.asked, one.waiting, one.overdue) for one in progress(period, actor)
    ]
    assert rows == [("测试市（市汇总）", 2, 1, 1), ("东区", 2, 1, 1), ("西区", 0, 0, 0)]


def test_who_can_report_no_more_is_missing_and_chased_no_more(
    scene: ReturnScene, period: ReturnPeriod
) -> None:
    """东区带着一家缺报报出以后，那家再填不了：不催、不算逾期，标缺报；退回本区又可以填。"""
    day = date(2026, 7, 20)
    late, east = of_home(period, scene.homes[1]), of_region(period, scene.city.east)
    own = of_home(period, scene.homes[0])
    scene.fill("reporter", own, HAND)
    scene.step("reporter", own, ReturnVerb.SUBMIT)
    scene.step("east_checker", own, ReturnVerb.REVIEW)

    def seen() -> tuple[str, list[str], int, int]:
        page = browser_of(scene.people["city"]).get(f"/returns/{late.pk}/")
        rows = owing(period, scene.actor("city", day))
        counted = progress(period, scene.actor("city", day))[1]
        waits = to_fill(scene.actor("other", day), day).count()
        return page.context["standing"], [one.unit_name for one in rows], counted.overdue, waits

    assert seen()[1:] == (["东泰养老院", "东区", "西区"], 1, 1)
    scene.step("east", east, ReturnVerb.FETCH)
    scene.fill("east", east, {one.item.code: (0, "") for one in east.values.filter(value=None)})
    scene.step("east", east, ReturnVerb.SUBMIT, "一家停业装修")
    assert seen() == ("缺报", ["西区"], 0, 0)
    scene.step("east_checker", east, ReturnVerb.RETURN, "请补报")
    assert seen()[1:] == (["东泰养老院", "东区", "西区"], 1, 1)


def test_the_work_list_says_whose_turn_it_is(scene: ReturnScene, period: ReturnPeriod) -> None:
    def waiting(who: str) -> dict[str, int]:
        found = work_of(scene.actor(who), day=scene.actor(who).day)
        lines = [line for part in found.sections for line in part.lines]
        return {one.source.id: one.number for one in lines if one.source.id.startswith("returns")}

    assert waiting("reporter") == {"returns-own": 1}
    assert waiting("east") == {"returns-fill": 1}
    assert waiting("city") == {"returns-fill": 1}
    assert waiting("east_checker") == waiting("city_checker") == waiting("leader") == {}
    own = of_home(period, scene.homes[0])
    scene.fill("reporter", own, HAND)
    scene.step("reporter", own, ReturnVerb.SUBMIT)
    assert waiting("reporter") == {}
    assert waiting("east_checker") == {"returns-review": 1}
    scene.step("east_checker", own, ReturnVerb.RETURN, "请核对")
    assert waiting("reporter") == {"returns-own-back": 1}


def test_a_published_quarter_tells_its_editions(scene: ReturnScene, period: ReturnPeriod) -> None:
    published(scene, period)
    browser = browser_of(scene.people["leader"])
    assert "发布后没有更正" in browser.get(f"/returns/periods/{period.pk}/").content.decode()
    edition = period.editions.get()
    page = browser.get(f"/returns/editions/{edition.pk}/").content.decode()
    assert "内部工作表" in page
    assert "西区" in page
    # 锁定之后没有一级还能填。
    clerk = browser_of(scene.people["city"])
    for own in (of_city(period), of_region(period, scene.city.east)):
        assert "保存" not in clerk.get(f"/returns/{own.pk}/").content.decode()


def test_a_form_is_drawn_up_anew_and_put_into_use_by_another(scene: ReturnScene) -> None:
    used = form_in_use()
    clerk, checker = scene.actor("city"), scene.actor("city_checker")
    with pytest.raises(ValidationError, match="已启用，不再改动"):
        amend_form(by=clerk, form=used, title="改名")
    draft = draft_version(by=clerk, form=used)
    assert (draft.items.count(), draft.checks.count()) == (24, 13)
    amend_form(by=clerk, form=draft, valid_from=date(2026, 10, 1), approval_number="乌统制1号")
    with pytest.raises(ValidationError, match="本表已有"):
        put_item(by=clerk, form=draft, **item("01"))
    put_item(by=clerk, form=draft, **item("25") | {"part_of": "99"})
    with pytest.raises(ValidationError, match="99 不在本表"):
        put_into_use(by=checker, form=draft)
    own = draft.items.get(code="25")
    by_hand = {"unit": "PERCENT", "source": "HAND", "source_key": ""}
    put_item(by=clerk, form=draft, item=own, **item("25") | by_hand)
    with pytest.raises(ValidationError, match="手填的比率无法汇总"):
        put_into_use(by=checker, form=draft)
    put_item(by=clerk, form=draft, item=own, **item("25"))
    with pytest.raises(PermissionDenied):
        put_into_use(by=clerk, form=draft)
    put_into_use(by=checker, form=draft)
    used.refresh_from_db()
    assert (used.valid_until, used.state) == (date(2026, 9, 30), FormState.USED)
    by_day = {
        day: ReturnForm.objects.valid_on(day).get().version
        for day in (date(2026, 9, 30), date(2026, 10, 1))
    }
    assert by_day == {date(2026, 9, 30): 1, date(2026, 10, 1): 2}


def test_a_form_in_use_is_never_changed(scene: ReturnScene) -> None:
    used, clerk = form_in_use(), scene.actor("city")
    line, check = used.items.all()[0], used.checks.all()[0]
    changes: list[Callable[[], None]] = [
        lambda: put_item(by=clerk, form=used, **item("25")),
        lambda: put_item(by=clerk, form=used, item=line, label="改名"),
        lambda: put_check(by=clerk, form=used, check=check, is_hard=False),
        lambda: remove_part(by=clerk, part=line),
        lambda: remove_part(by=clerk, part=check),
        lambda: put_into_use(by=scene.actor("city_checker"), form=used),
    ]
    for change in changes:
        with pytest.raises(ValidationError, match="已启用，不再改动"):
            change()
    assert (used.items.count(), used.checks.count()) == (24, 13)


def test_only_the_city_clerk_draws_up_a_form(scene: ReturnScene) -> None:
    draft = draft_version(by=scene.actor("city"), form=form_in_use())
    line = draft.items.all()[0]
    for by in map(scene.actor, ("city_checker", "east", "civil", "leader")):
        with pytest.raises(PermissionDenied):
            draft_version(by=by, form=draft)
        with pytest.raises(PermissionDenied):
            amend_form(by=by, form=draft, title="改名")
        with pytest.raises(PermissionDenied):
            put_item(by=by, form=draft, item=line, label="改名")
        with pytest.raises(PermissionDenied):
            remove_part(by=by, part=line)
    for who in ("east_checker", "civil", "leader"):
        with pytest.raises(PermissionDenied):
            put_into_use(by=scene.actor(who), form=draft)


def test_a_new_version_starts_after_the_one_before(scene: ReturnScene) -> None:
    used, checker = form_in_use(), scene.actor("city_checker")
    draft = draft_version(by=scene.actor("city"), form=used)
    amend_form(by=scene.actor("city"), form=draft, valid_from=used.valid_from)
    with pytest.raises(ValidationError, match="须晚于上一版"):
        put_into_use(by=checker, form=draft)
    next_day = used.valid_from + timedelta(days=1)
    amend_form(by=scene.actor("city"), form=draft, valid_from=next_day)
    put_into_use(by=checker, form=draft)
    used.refresh_from_db()
    assert used.valid_until == used.valid_from


def item(code: str) -> dict[str, Any]:
    return {
        "code": code,
        "label": "家庭病床",
        "unit": "BEDS",
        "kind": "STOCK",
        "answered_by": "DISTRICT",
        "source": "NUMERATOR",
        "source_key": "HBED/standard",
        "part_of": "",
    }


def test_the_city_clerk_asks_for_a_quarter_in_the_browser(scene: ReturnScene) -> None:
    browser = browser_of(scene.people["city"])
    begun = browser.get("/returns/periods/new/").context["form"].initial
    assert date(begun["year"], 3 * begun["quarter"], 1) < timezone.localdate()
    posted = {
        "year": "2026",
        "quarter": "1",
        "institution_due": "2026-04-08",
        "district_due": "2026-04-15",
        "city_due": "2026-04-22",
    }
    wrong = browser.post("/returns/periods/new/", posted | {"city_due": "2026-04-25"})
    assert wrong.status_code == 422
    assert "2026-04-25 是休息日" in wrong.content.decode()
    assert browser.post("/returns/periods/new/", posted).status_code == 302
    assert ReturnPeriod.objects.get().returns.count() == 5
