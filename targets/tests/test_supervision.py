"""督办: the table of steps, its makers and checkers, its clock and lights, who sees what."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from contracts.tests.persons import browser_of
from institutions.models import RegionGrant
from institutions.tests.factories import LONG_AGO
from targets.models import (
    Basis,
    Bureau,
    Frequency,
    Supervision,
    SupervisionEvent,
    SupervisionKind,
    Urgency,
)
from targets.models import SupervisionState as S
from targets.models import SupervisionVerb as V
from targets.supervision.actions import Draft, amend_supervision, open_supervision, take_step
from targets.supervision.clock import month_after
from targets.supervision.lights import Light, light_of
from targets.supervision.register import ShownSupervision, shown_supervisions
from targets.supervision.states import STEPS
from targets.tests.factories import City
from targets.tests.task_scene import actor_of, make_bureau, make_liaison, make_user, queries_of
from yiyang.access.models import User
from yiyang.access.roles import Role

MONDAY = date(2026, 3, 2)
pytestmark = pytest.mark.django_db


@pytest.fixture
def bureau(city: City) -> Bureau:
    return make_bureau("民政局")


@pytest.fixture
def people(city: City, bureau: Bureau) -> dict[str, User]:
    people = {
        "clerk": make_user(Role.CITY_HEALTH_CLERK),
        "checker": make_user(Role.CITY_HEALTH_REVIEWER),
        "own": make_liaison(bureau),
        "other": make_liaison(make_bureau("财政局")),
        "east": make_user(Role.DISTRICT_HEALTH_CLERK),
        "leader": make_user(Role.LEADER),
    }
    RegionGrant.objects.create(user=people["east"], region=city.east, starts_on=LONG_AGO)
    return people


def draft_for(bureau: Bureau | None, **fields: Any) -> Draft:
    said: dict[str, Any] = {
        "title": "敬老院协议督办",
        "kind": SupervisionKind.ROUTINE,
        "urgency": Urgency.NORMAL,
        "basis": Basis.OTHER,
        "basis_text": "专题会议纪要",
        "content": "全部签订医养协议",
        "frequency": Frequency.WEEK,
        "lead_bureau": bureau,
        "allowed_days": 10,
    }
    return Draft(**said | fields)


def opened(people: dict[str, User], draft: Draft) -> Supervision:
    return open_supervision(by=actor_of(people["clerk"], MONDAY), draft=draft)


def step(
    people: dict[str, User], order: Supervision, who: str, verb: V, day: date = MONDAY, **said: Any
) -> Supervision:
    said = {"text": "情况", **said}
    return take_step(by=actor_of(people[who], day), supervision=order, verb=verb, **said)


WAYS = {
    "DRAFT": [],
    "ASSIGNED": [("checker", V.ASSIGN)],
    "WORKING": [("checker", V.ASSIGN), ("own", V.SIGN)],
    "PAUSED": [("checker", V.ASSIGN), ("own", V.SIGN), ("clerk", V.PAUSE)],
    "REVIEW": [("checker", V.ASSIGN), ("own", V.SIGN), ("own", V.SUBMIT)],
    "CLOSED": [
        *(("checker", V.ASSIGN), ("own", V.SIGN), ("own", V.SUBMIT), ("checker", V.CLOSE)),
    ],
    "WITHDRAWN": [("clerk", V.WITHDRAW)],
}


def brought_to(people: dict[str, User], bureau: Bureau, state: str, **fields: Any) -> Supervision:
    """An order in the state, the way people bring it there."""
    order = opened(people, draft_for(bureau, **fields))
    for who, verb in WAYS[state]:
        order = step(people, order, who, verb)
    return order


# 每个状态下谁能做什么、做完到哪个状态；没有写的一概不许。PAUSED 是办理中、暂停计时。
ALLOWED = {
    ("DRAFT", "checker", V.ASSIGN): "ASSIGNED",
    ("DRAFT", "clerk", V.WITHDRAW): "WITHDRAWN",
    ("DRAFT", "checker", V.WITHDRAW): "WITHDRAWN",
    ("ASSIGNED", "own", V.SIGN): "WORKING",
    ("ASSIGNED", "clerk", V.CHASE): "ASSIGNED",
    ("ASSIGNED", "checker", V.CHASE): "ASSIGNED",
    ("WORKING", "own", V.FEEDBACK): "WORKING",
    ("WORKING", "own", V.SUBMIT): "REVIEW",
    ("WORKING", "clerk", V.CHASE): "WORKING",
    ("WORKING", "checker", V.CHASE): "WORKING",
    ("WORKING", "clerk", V.PAUSE): "WORKING",
    ("PAUSED", "own", V.FEEDBACK): "WORKING",
    ("PAUSED", "clerk", V.CHASE): "WORKING",
    ("PAUSED", "checker", V.CHASE): "WORKING",
    ("PAUSED", "clerk", V.RESUME): "WORKING",
    ("REVIEW", "checker", V.CLOSE): "CLOSED",
    ("REVIEW", "checker", V.RETURN): "WORKING",
}


@pytest.mark.parametrize("state", WAYS)
def test_who_takes_which_step_from_which_state(
    people: dict[str, User], bureau: Bureau, state: str
) -> None:
    order = brought_to(people, bureau, state)
    took = {}
    for who in people:
        for verb in STEPS:
            with transaction.atomic():
                with suppress(ValidationError, PermissionDenied):
                    took[state, who, verb] = step(people, order, who, verb).state
                transaction.set_rollback(True)
    assert took == {key: end for key, end in ALLOWED.items() if key[0] == state}


def test_a_district_undertakes_what_is_given_to_it(city: City, people: dict[str, User]) -> None:
    order = opened(people, draft_for(None, lead_region=city.east_street))
    step(people, order, "checker", V.ASSIGN)
    assert step(people, order, "east", V.SIGN).state == S.WORKING


def test_a_district_does_not_undertake_another_districts(
    city: City, people: dict[str, User]
) -> None:
    order = opened(people, draft_for(None, lead_region=city.west))
    step(people, order, "checker", V.ASSIGN)
    with pytest.raises(PermissionDenied, match="承办单位"):
        step(people, order, "east", V.SIGN)


def test_numbers_run_by_year_from_the_assignment(people: dict[str, User], bureau: Bureau) -> None:
    drafts = [opened(people, draft_for(bureau)) for _ in range(3)]
    days = (MONDAY, MONDAY, date(2027, 1, 4))
    for order, day in zip(reversed(drafts), days, strict=True):
        step(people, order, "checker", V.ASSIGN, day)
    numbers = [one.number for one in Supervision.objects.order_by("pk")]
    assert numbers == ["医养督〔2027〕1号", "医养督〔2026〕2号", "医养督〔2026〕1号"]


@pytest.mark.parametrize(
    ("state", "change"),
    [
        ("DRAFT", {"state": S.ASSIGNED}),
        ("ASSIGNED", {"number": ""}),
        ("WORKING", {"state": S.REVIEW}),
        ("REVIEW", {"state": S.CLOSED}),
        ("CLOSED", {"closed_by": None}),
        ("DRAFT", {"due_by": MONDAY}),
        ("DRAFT", {"allowed_days": None}),
        ("DRAFT", {"lead_bureau": None}),
        ("DRAFT", {"basis": Basis.TASK}),
    ],
)
def test_the_database_refuses_what_is_half_done(
    people: dict[str, User], bureau: Bureau, state: str, change: dict[str, Any]
) -> None:
    order = brought_to(people, bureau, state)
    with pytest.raises(IntegrityError), transaction.atomic():
        Supervision.objects.filter(pk=order.pk).update(**change)


@pytest.mark.parametrize(
    ("state", "field", "who"),
    [
        ("ASSIGNED", "assigned_by", "clerk"),
        ("CLOSED", "closed_by", "own"),
        ("CLOSED", "closed_by", "clerk"),
    ],
)
def test_the_database_keeps_maker_and_checker_apart(
    people: dict[str, User], bureau: Bureau, state: str, field: str, who: str
) -> None:
    order = brought_to(people, bureau, state)
    with pytest.raises(IntegrityError), transaction.atomic():
        Supervision.objects.filter(pk=order.pk).update(**{field: people[who]})


def test_events_tell_the_whole_way(people: dict[str, User], bureau: Bureau) -> None:
    order = brought_to(people, bureau, "REVIEW")
    step(people, order, "checker", V.RETURN, text="附件不全")
    told = SupervisionEvent.objects.values_list("verb", "state", "text")
    assert list(told) == [
        ("OPEN", "DRAFT", ""),
        ("ASSIGN", "ASSIGNED", "情况"),
        ("SIGN", "WORKING", "情况"),
        ("SUBMIT", "REVIEW", "情况"),
        ("RETURN", "WORKING", "附件不全"),
    ]


@pytest.mark.parametrize("verb", [V.FEEDBACK, V.SUBMIT])
def test_a_step_that_needs_words_says_so(people: dict[str, User], bureau: Bureau, verb: V) -> None:
    order = brought_to(people, bureau, "WORKING")
    with pytest.raises(ValidationError, match="须写明情况"):
        step(people, order, "own", verb, text="  ")


def test_an_order_is_amended_until_it_is_assigned(people: dict[str, User], bureau: Bureau) -> None:
    order, other = opened(people, draft_for(bureau)), make_bureau("教育局")
    clerk = actor_of(people["clerk"], MONDAY)
    new = draft_for(bureau, title="改过的标题")
    for assistants in ([other], [other], []):
        amend_supervision(by=clerk, supervision=order, draft=new, assistants=assistants)
    assert (shown(order).supervision.title, shown(order).assistants) == ("改过的标题", ())
    with pytest.raises(ValidationError, match="牵头单位不用再列"):
        amend_supervision(by=clerk, supervision=order, draft=new, assistants=[bureau])
    step(people, order, "checker", V.ASSIGN)
    with pytest.raises(ValidationError, match="内容不再改动"):
        amend_supervision(by=clerk, supervision=order, draft=new)


def test_an_order_whose_day_has_come_is_not_assigned(
    people: dict[str, User], bureau: Bureau
) -> None:
    order = opened(people, draft_for(bureau, allowed_days=None, due_by=MONDAY))
    with pytest.raises(ValidationError, match="先修改期限"):
        step(people, order, "checker", V.ASSIGN)


def shown(order: Supervision, day: date = MONDAY) -> ShownSupervision:
    (found,) = shown_supervisions(Supervision.objects.filter(pk=order.pk), day)
    return found


@pytest.mark.parametrize(
    ("left", "light"),
    [
        (11, Light.NORMAL),
        (10, Light.REMIND),
        (6, Light.REMIND),
        (5, Light.YELLOW),
        (3, Light.YELLOW),
        (2, Light.RED),
        (0, Light.RED),
        (-1, Light.OVERDUE),
    ],
)
def test_the_light_follows_the_working_days_left(left: int, light: Light) -> None:
    assert light_of(left) is light


@pytest.mark.parametrize(
    ("day", "remaining", "light"),
    [
        ("2026-03-02", 10, Light.REMIND),
        ("2026-03-06", 6, Light.REMIND),
        ("2026-03-09", 5, Light.YELLOW),
        ("2026-03-12", 2, Light.RED),
        ("2026-03-16", 0, Light.RED),
        ("2026-03-17", -1, Light.OVERDUE),
    ],
)
def test_the_clock_of_ten_working_days(
    people: dict[str, User], bureau: Bureau, day: str, remaining: int, light: Light
) -> None:
    order = brought_to(people, bureau, "WORKING")
    standing = shown(order, date.fromisoformat(day)).standing
    assert (standing.due, standing.remaining, standing.light) == (
        date(2026, 3, 16),
        remaining,
        light,
    )


def test_a_day_given_is_rolled_to_a_working_day(people: dict[str, User], bureau: Bureau) -> None:
    saturday = date(2026, 3, 14)
    order = brought_to(people, bureau, "ASSIGNED", allowed_days=None, due_by=saturday)
    assert shown(order).standing.due == date(2026, 3, 16)


def test_an_order_due_on_a_friday_is_overdue_on_saturday(
    people: dict[str, User], bureau: Bureau
) -> None:
    friday = date(2026, 3, 13)
    order = brought_to(people, bureau, "WORKING", allowed_days=None, due_by=friday)
    assert shown(order, friday).standing.light is Light.RED
    assert shown(order, date(2026, 3, 14)).standing.light is Light.OVERDUE


def test_missing_papers_stop_the_clock(people: dict[str, User], bureau: Bureau) -> None:
    """3 月 4 日通知补正，6 日补齐：5、6 日不计，到期由 16 日顺延到 18 日。"""
    order = brought_to(people, bureau, "WORKING")
    step(people, order, "clerk", V.PAUSE, date(2026, 3, 4))
    paused = shown(order, date(2026, 3, 20)).standing
    assert (paused.light, paused.due, paused.remaining) == (Light.PAUSED, None, 8)
    assert paused.feedback_due is None
    step(people, order, "clerk", V.RESUME, date(2026, 3, 6))
    assert shown(order, date(2026, 3, 6)).standing.due == date(2026, 3, 18)
    assert shown(order, date(2026, 3, 18)).standing.remaining == 0


@pytest.mark.parametrize(
    ("submitted", "light"),
    [("2026-03-16", Light.ON_TIME), ("2026-03-17", Light.LATE)],
)
def test_an_order_is_judged_by_the_day_it_was_submitted(
    people: dict[str, User], bureau: Bureau, submitted: str, light: Light
) -> None:
    order = brought_to(people, bureau, "WORKING")
    step(people, order, "own", V.SUBMIT, date.fromisoformat(submitted))
    late = light is Light.LATE
    assert (shown(order, date(2026, 4, 1)).standing.light is Light.OVERDUE) is late
    step(people, order, "checker", V.CLOSE, date(2026, 4, 1))
    assert shown(order, date(2026, 5, 1)).standing.light is light


@pytest.mark.parametrize(
    ("frequency", "days", "chased", "due"),
    [
        (Frequency.WEEK, 30, None, "2026-03-09"),
        (Frequency.MONTH, 60, None, "2026-04-02"),
        (Frequency.STAGE, 30, None, "2026-04-13"),  # 没有催办，到期前一次
        (Frequency.ONCE, 30, None, "2026-04-13"),
        (Frequency.WEEK, 3, None, "2026-03-05"),  # 不晚于到期日
        (Frequency.MONTH, 60, date(2026, 3, 7), "2026-03-09"),  # 催办：星期六顺延
    ],
)
def test_when_the_next_feedback_is_due(
    people: dict[str, User],
    bureau: Bureau,
    frequency: Frequency,
    days: int,
    chased: date | None,
    due: str,
) -> None:
    order = brought_to(people, bureau, "WORKING", frequency=frequency, allowed_days=days)
    if chased:
        step(people, order, "clerk", V.CHASE, asked_by=chased)
    assert shown(order).standing.feedback_due == date.fromisoformat(due)


def test_a_feedback_puts_the_next_one_off_and_answers_a_chase(
    people: dict[str, User], bureau: Bureau
) -> None:
    order = brought_to(people, bureau, "WORKING", allowed_days=30)
    step(people, order, "clerk", V.CHASE, asked_by=date(2026, 3, 4))
    step(people, order, "own", V.FEEDBACK, date(2026, 3, 4))
    assert shown(order).standing.feedback_due == date(2026, 3, 11)
    assert shown(order, date(2026, 3, 12)).standing.feedback_light is Light.OVERDUE


def test_an_order_past_its_end_is_reported_on_by_frequency_again(
    people: dict[str, User], bureau: Bureau
) -> None:
    order = brought_to(people, bureau, "WORKING")
    step(people, order, "own", V.FEEDBACK, date(2026, 3, 18))
    standing = shown(order, date(2026, 3, 18)).standing
    assert (standing.light, standing.feedback_due) == (Light.OVERDUE, date(2026, 3, 25))


@pytest.mark.parametrize(
    ("day", "after"),
    [
        ("2026-01-31", "2026-02-28"),
        ("2028-01-31", "2028-02-29"),
        ("2026-12-15", "2027-01-15"),
        ("2026-03-31", "2026-04-30"),
    ],
)
def test_a_month_after(day: str, after: str) -> None:
    assert month_after(date.fromisoformat(day)) == date.fromisoformat(after)


def test_who_sees_an_order(city: City, people: dict[str, User], bureau: Bureau) -> None:
    """起草的只有市卫健看得到；交办后牵头、协办单位和市级各角色看得到。"""
    clerk = actor_of(people["clerk"], MONDAY)
    draft = draft_for(bureau)
    order = open_supervision(by=clerk, draft=draft, assistants=[city.east])
    assert seers(people, order) == {"clerk", "checker"}
    step(people, order, "checker", V.ASSIGN)
    assert seers(people, order) == {"clerk", "checker", "own", "east", "leader"}


def seers(people: dict[str, User], order: Supervision) -> set[str]:
    return {
        who
        for who, user in people.items()
        if Supervision.objects.visible_to(actor_of(user, MONDAY)).filter(pk=order.pk).exists()
    }


def test_those_that_assist_report_beside_the_lead(
    city: City, people: dict[str, User], bureau: Bureau
) -> None:
    """协办单位在待签收、办理中都能反馈；不动状态、不算牵头的反馈，也不能申请销号。"""
    clerk = actor_of(people["clerk"], MONDAY)
    finance = Bureau.objects.exclude(pk=bureau.pk).get()
    order = open_supervision(by=clerk, draft=draft_for(bureau), assistants=[finance, city.east])
    step(people, order, "checker", V.ASSIGN)
    step(people, order, "other", V.ASSIST, text="资金已下达")
    order = step(people, order, "own", V.SIGN)
    told = standing(order)
    order = step(people, order, "east", V.ASSIST, text="东区已摸底")
    assert (order.state, order.feedback_on, standing(order)) == (S.WORKING, None, told)
    for who, verb in (("other", V.SUBMIT), ("other", V.FEEDBACK), ("own", V.ASSIST)):
        with pytest.raises(PermissionDenied):
            step(people, order, who, verb)
    page = browser_of(people["own"]).get(f"/supervisions/{order.pk}/").content.decode()
    assert "协办反馈（财政局）" in page
    assert "协办反馈（" + city.east.name + "）" in page
    order = step(people, order, "own", V.SUBMIT)
    with pytest.raises(ValidationError, match="不能协办反馈"):
        step(people, order, "east", V.ASSIST)


def standing(order: Supervision) -> Any:
    (row,) = shown_supervisions(Supervision.objects.filter(pk=order.pk), MONDAY)
    return row.standing


def test_an_assistant_reports_through_the_page_and_strangers_do_not(
    city: City, people: dict[str, User], bureau: Bureau
) -> None:
    clerk = actor_of(people["clerk"], MONDAY)
    order = open_supervision(by=clerk, draft=draft_for(bureau), assistants=[city.east])
    step(people, order, "checker", V.ASSIGN)
    way, said = f"/supervisions/{order.pk}/step", {"verb": "ASSIST", "text": "已摸底"}
    assert browser_of(people["east"]).post(way, {**said, "text": ""}).status_code == 422
    assert browser_of(people["east"]).post(way, said).status_code == 302
    assert browser_of(people["other"]).post(way, said).status_code == 404
    assert browser_of(people["leader"]).post(way, said).status_code == 403
    event = SupervisionEvent.objects.get(verb=V.ASSIST)
    assert event.assistant is not None
    assert event.assistant.region == city.east


def test_an_order_to_a_district_is_seen_by_it_alone(city: City, people: dict[str, User]) -> None:
    for region, seen in ((city.east_street, True), (city.west, False)):
        order = opened(people, replace(draft_for(None), lead_region=region))
        step(people, order, "checker", V.ASSIGN)
        assert ("east" in seers(people, order)) is seen


FORM = {
    "title": "绿色通道督办",
    "kind": "SPECIAL",
    "urgency": "URGENT",
    "basis_text": "会议纪要",
    "content": "全部开通",
    "frequency": "MONTH",
}


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "二者填一"),
        ({"allowed_days": "10", "due_by": "2030-01-01"}, "二者填一"),
        ({"allowed_days": "0"}, "1 至 750"),
        ({"due_by": "2030年"}, "请写成"),
        ({"allowed_days": "10", "lead": "bureau-999999"}, "请从列表里选择牵头单位"),
        ({"allowed_days": "10", "content": ""}, "请写明督办内容"),
        ({"allowed_days": "10", "indicator": "XX99"}, "不在口径表里"),
        ({"allowed_days": "10", "task": "9"}, "已不在台账里"),
    ],
)
def test_a_form_that_cannot_be_says_what_to_do(
    city: City, people: dict[str, User], bureau: Bureau, fields: dict[str, str], told: str
) -> None:
    data = {**FORM, "lead": f"bureau-{bureau.pk}", **fields}
    answer = browser_of(people["clerk"]).post("/supervisions/new/", data)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not Supervision.objects.exists()


def test_an_order_goes_all_the_way_through_the_pages(
    people: dict[str, User], bureau: Bureau
) -> None:
    browsers = {who: browser_of(user) for who, user in people.items()}
    data = {**FORM, "lead": f"bureau-{bureau.pk}", "allowed_days": "10"}
    way = browsers["clerk"].post("/supervisions/new/", data)["Location"]
    for who, verb in WAYS["CLOSED"]:
        answer = browsers[who].post(f"{way}step", {"verb": verb.value, "text": "已办"})
        assert answer.status_code == 302, verb
    paper = browsers["leader"].get(f"{way}print/").content.decode()
    assert "督办通知单" in paper
    assert "按期办结" in paper
    assert browsers["own"].post(f"{way}step", {"verb": "SUBMIT", "text": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 1),
        ("state=ALL", 2),
        ("state=CLOSED", 1),
        ("light=OVERDUE", 1),
        ("state=ALL&light=OVERDUE", 1),
        ("light=RED", 0),
        ("state=ALL&q=督办", 2),
        ("q=没有这样的", 0),
        ("kind=SPECIAL", 0),
    ],
)
def test_the_list_shows_what_is_open_unless_asked(
    people: dict[str, User], bureau: Bureau, query: str, number: int
) -> None:
    for state in ("WORKING", "CLOSED"):
        brought_to(people, bureau, state)
    page = browser_of(people["leader"]).get(f"/supervisions/?{query}")
    assert len(page.context["page"].rows) == number


def test_orders_are_found_by_their_lead_and_by_who_assists(
    city: City, people: dict[str, User], bureau: Bureau
) -> None:
    clerk = actor_of(people["clerk"], MONDAY)
    open_supervision(by=clerk, draft=draft_for(bureau), assistants=[city.east])
    browser = browser_of(people["clerk"])
    for query, number in {
        f"lead=bureau-{bureau.pk}": 1,
        f"lead=region-{city.east.pk}": 0,
        f"assistant=region-{city.east.pk}": 1,
        f"assistant=region-{city.west.pk}": 0,
    }.items():
        assert len(browser.get(f"/supervisions/?{query}").context["page"].rows) == number, query


def test_the_file_of_orders_holds_what_is_listed(people: dict[str, User], bureau: Bureau) -> None:
    order = brought_to(people, bureau, "WORKING")
    brought_to(people, bureau, "CLOSED")
    answer: Any = browser_of(people["clerk"]).get("/supervisions/export.csv?col=number&col=state")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines[2:] == ["标题,编号,状态", f"{order.title},{order.number},办理中"]


def test_pages_of_orders_miss_none_and_begin_with_the_newest(
    people: dict[str, User], bureau: Bureau
) -> None:
    clerk = actor_of(people["clerk"], MONDAY)
    for _ in range(51):
        open_supervision(by=clerk, draft=draft_for(bureau))
    browser = browser_of(people["clerk"])
    first = browser.get("/supervisions/").context["page"]
    second = browser.get(f"/supervisions/?after={first.after}").context["page"]
    keys = [row.key for row in (*first.rows, *second.rows)]
    assert len(keys) == 51
    assert keys == sorted(keys, reverse=True)


@pytest.mark.parametrize("address", ["/supervisions/?state=ALL", "/supervisions/{}/"])
def test_queries_do_not_grow(
    city: City, people: dict[str, User], bureau: Bureau, address: str
) -> None:
    order = brought_to(people, bureau, "PAUSED")
    browser, way = browser_of(people["clerk"]), address.format(order.pk)
    few = queries_of(browser, way)
    for _ in range(8):
        brought_to(people, bureau, "PAUSED")
        step(people, order, "own", V.FEEDBACK)
        clerk = actor_of(people["clerk"], MONDAY)
        open_supervision(by=clerk, draft=draft_for(bureau), assistants=[city.west, city.east])
    assert queries_of(browser, way) == few
