"""The pages of subscriptions and of the outbox, and the two links of a mail."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts.tests.persons import browser_of
from institutions.models import Region
from targets.mailing.actions import MOST_CONFIRMATIONS, MOST_SUBSCRIPTIONS, subscribe
from targets.mailing.links import confirm_url, unsubscribe_url
from targets.mailing.listing import subscription_lines
from targets.mailing.notices import mail_notices
from targets.models import (
    EndReason,
    MailKind,
    MailState,
    ReportFrequency,
    ReportMail,
    ReportSubscription,
    ReportThreshold,
)
from targets.tests.factories import City
from targets.tests.mailing.scene import AT, make_mail, make_subscriber, make_subscription
from targets.tests.mailing.test_queueing import make_run
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.scope import known_actor
from yiyang.access.tests.accounts import open_user
from yiyang.changelog.models import Change

pytestmark = pytest.mark.usefixtures("folder")
ENTERED = {"frequency": "DAILY", "address": "Zhang@Example.gov.cn", "threshold": "CHANGED"}


@pytest.fixture
def clerk(city: City) -> User:
    return make_subscriber(city.east)


def enter(account: User, region: Region, **more: str) -> Any:
    return browser_of(account).post("/mail/new/", {**ENTERED, "region": region.pk, **more})


def page(account: User, way: str = "/mail/") -> str:
    return str(browser_of(account).get(way).content.decode())


def path(url: str) -> str:
    return url.removeprefix("https://yyjh.example.gov.cn")


def test_subscribing_asks_the_address_first(city: City, clerk: User) -> None:
    assert enter(clerk, city.east).status_code == 302
    made = ReportSubscription.objects.get()
    assert (made.account, made.region, made.address) == (clerk, city.east, "zhang@example.gov.cn")
    assert (made.frequency, made.threshold) == (ReportFrequency.DAILY, ReportThreshold.CHANGED)
    assert made.confirmed_at is None
    assert ReportMail.objects.get().kind == MailKind.CONFIRMATION
    assert "待确认邮箱" in page(clerk)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("address", "", "请填写邮箱"),
        ("address", "张三", "这样的邮箱"),
        ("address", "a@example.com\r\nBcc: b@example.com", "这样的邮箱"),
        ("address", "张三@example.com", "这样的邮箱"),
        ("address", "zhang@例子.中国", "这样的邮箱"),
        ("frequency", "HOURLY", "请从列表里选择频次"),
        ("threshold", "NEVER", "请从列表里选择"),
    ],
)
def test_a_bad_entry_is_told_beside_its_field(
    city: City, clerk: User, field: str, value: str, words: str
) -> None:
    answer = enter(clerk, city.east, **{field: value})
    assert answer.status_code == 422
    assert words in str(answer.context["form"].errors[field])
    assert not ReportSubscription.objects.exists()


def test_a_district_offers_itself_and_no_other(city: City, clerk: User) -> None:
    offered = browser_of(clerk).get("/mail/new/").context["form"].fields["region"].queryset
    assert list(offered) == [city.east]
    leader = open_user(Role.LEADER)
    offered = browser_of(leader).get("/mail/new/").context["form"].fields["region"].queryset
    assert list(offered) == [city.city, city.east, city.west]
    for region in (city.west, city.city, city.east_street):
        assert enter(clerk, region).status_code == 422


def test_the_action_refuses_a_region_out_of_scope(city: City, clerk: User) -> None:
    def act(account: User, region: Region) -> None:
        by = known_actor(account.pk, account.role, timezone.localdate())
        subscribe(
            by=by,
            region=region,
            address="a@example.gov.cn",
            frequency=ReportFrequency.DAILY,
            threshold=ReportThreshold.ALWAYS,
            has_workbook=False,
            at=timezone.now(),
        )

    with pytest.raises(ValidationError):
        act(clerk, city.west)
    with pytest.raises(PermissionDenied):
        act(open_user(Role.SYSTEM_ADMIN), city.city)


def test_the_same_is_not_subscribed_twice_nor_too_many(city: City, clerk: User) -> None:
    make_subscription(city.east, clerk, address="zhang@example.gov.cn")
    again = enter(clerk, city.east)
    assert again.status_code == 422
    assert "已订阅" in again.content.decode()
    for _ in range(MOST_SUBSCRIPTIONS - 1):
        make_subscription(city.east, clerk)
    assert "至多 20 个订阅" in enter(clerk, city.east, frequency="WEEKLY").content.decode()


def test_an_address_confirmed_before_is_not_asked_again(city: City, clerk: User) -> None:
    make_subscription(city.east, clerk, address="zhang@example.gov.cn")
    assert enter(clerk, city.east, frequency="WEEKLY").status_code == 302
    assert ReportSubscription.objects.filter(confirmed_at=None).count() == 0
    assert not ReportMail.objects.exists()


@pytest.mark.parametrize("whose", ["another account's", "another address"])
def test_what_else_was_confirmed_does_not_confirm_an_address(
    city: City, clerk: User, whose: str
) -> None:
    """别人确认过的同一邮箱、本人确认过的另一邮箱，都不算。"""
    if whose == "another address":
        make_subscription(city.east, clerk, address="li@example.gov.cn")
    else:
        make_subscription(city.city, address="zhang@example.gov.cn")
    enter(clerk, city.east)
    made = ReportSubscription.objects.get(account=clerk, address="zhang@example.gov.cn")
    assert made.confirmed_at is None
    assert ReportMail.objects.get().kind == MailKind.CONFIRMATION


def test_nobody_is_flooded_with_questions(city: City, clerk: User) -> None:
    made = make_subscription(city.east, clerk, confirmed_at=None)
    browser = browser_of(clerk)
    for _ in range(MOST_CONFIRMATIONS + 2):
        browser.post(f"/mail/{made.uid}/ask/")
    assert ReportMail.objects.filter(kind=MailKind.CONFIRMATION).count() == MOST_CONFIRMATIONS
    assert "一天至多寄 10 封" in browser.get("/mail/").content.decode()
    # 满一天的不再算。
    ReportMail.objects.update(made_at=timezone.now() - timedelta(days=1, seconds=1))
    browser.post(f"/mail/{made.uid}/ask/")
    assert ReportMail.objects.filter(kind=MailKind.CONFIRMATION).count() == MOST_CONFIRMATIONS + 1


# ── 邮件里的链接 ──────────────────────────────────────────────────────────────


def test_opening_a_link_does_nothing_and_its_button_confirms(city: City) -> None:
    before, made, after = (make_subscription(city.city, confirmed_at=None) for _ in range(3))
    way, stranger = path(confirm_url(made)), Client()
    for _ in range(2):
        assert "确认接收报告的邮箱" in stranger.get(way).content.decode()
    made.refresh_from_db()
    assert made.confirmed_at is None
    assert "邮箱已确认" in stranger.post(way).content.decode()
    made.refresh_from_db()
    assert made.confirmed_at is not None
    assert made.sends_from == made.confirmed_at
    for other in (before, after):
        other.refresh_from_db()
        assert other.confirmed_at is None


def test_a_link_of_a_week_ago_does_not_confirm_and_still_unsubscribes(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_subscription(city.city, confirmed_at=None)
    week, clock = int(timedelta(days=7).total_seconds()), 1_000_000
    monkeypatch.setattr("django.core.signing.time.time", lambda: clock)
    confirm, unsubscribe = path(confirm_url(made)), path(unsubscribe_url(made))
    for age, status in ((week, 200), (week + 1, 404)):
        clock = 1_000_000 + age
        assert Client().get(confirm).status_code == status
        assert Client().get(unsubscribe).status_code == 200


def test_unsubscribing_needs_no_account_and_its_link_never_ages(city: City) -> None:
    before, made, after = (make_subscription(city.city) for _ in range(3))
    way, stranger = path(unsubscribe_url(made)), Client()
    assert "将不再寄到这个邮箱" in stranger.get(way).content.decode()
    made.refresh_from_db()
    assert made.ended_at is None
    for _ in range(2):
        assert "已退订" in stranger.post(way).content.decode()
    made.refresh_from_db()
    assert made.end_reason == EndReason.BY_LINK
    for other in (before, after):
        other.refresh_from_db()
        assert other.ended_at is None
    assert not Change.objects.filter(reason="由邮件里的链接退订").exclude(actor_id=None).exists()


@pytest.mark.parametrize("purpose", ["confirm", "unsubscribe"])
def test_a_made_up_link_leads_to_nobody(city: City, purpose: str) -> None:
    made = make_subscription(city.city)
    for token in ("x", str(made.uid), made.uid.hex, "a:b:c", "%00", "x" * 3000):
        answer = Client().get(f"/mail/{purpose}/{token}/")
        assert answer.status_code == 404
        assert city.city.name not in answer.content.decode()


# ── 自己的订阅 ────────────────────────────────────────────────────────────────


def test_pausing_and_going_on(city: City, clerk: User) -> None:
    made, browser = make_subscription(city.east, clerk), browser_of(clerk)
    browser.post(f"/mail/{made.uid}/pause/")
    assert "已暂停" in page(clerk)
    browser.post(f"/mail/{made.uid}/resume/")
    before = made.sends_from
    made.refresh_from_db()
    assert made.paused_at is None
    assert made.sends_from > before


def test_changing_and_ending(city: City, clerk: User) -> None:
    made, browser = make_subscription(city.east, clerk), browser_of(clerk)
    browser.post(f"/mail/{made.uid}/edit/", {"threshold": "WORSE", "has_workbook": "on"})
    made.refresh_from_db()
    assert (made.threshold, made.has_workbook) == (ReportThreshold.WORSE, True)
    browser.post(f"/mail/{made.uid}/end/")
    made.refresh_from_db()
    assert made.end_reason == EndReason.BY_ACCOUNT
    assert "还没有订阅" in page(clerk)
    answer = browser.post(f"/mail/{made.uid}/pause/", follow=True)
    assert "已经退订" in answer.content.decode()


def test_another_accounts_subscription_is_not_there(city: City, clerk: User) -> None:
    made = make_subscription(city.east, make_subscriber(city.east))
    browser = browser_of(clerk)
    assert browser.get(f"/mail/{made.uid}/edit/").status_code == 404
    for verb in ("pause", "resume", "ask", "end"):
        assert browser.post(f"/mail/{made.uid}/{verb}/").status_code == 404
    assert made.address not in page(clerk)


# ── 系统管理员 ────────────────────────────────────────────────────────────────


@pytest.fixture
def administrator(city: City) -> User:
    return open_user(Role.SYSTEM_ADMIN)


def test_trouble_is_told_and_settled_by_one_click(city: City, administrator: User) -> None:
    at = timezone.now()
    doubted, dead = (
        make_mail(make_subscription(city.city), state=state, done_at=at, trouble="没有答复。")
        for state in (MailState.IN_DOUBT, MailState.DEAD)
    )
    shown = page(administrator, "/mail/outbox/")
    assert "寄不出 1 封，不知是否寄出 1 封" in shown
    assert doubted.subscription.address in shown
    browser = browser_of(administrator)
    browser.post(f"/mail/outbox/{doubted.uid}/send/")
    browser.post(f"/mail/outbox/{dead.uid}/acknowledge/")
    for mail, state in ((doubted, MailState.PENDING), (dead, MailState.DEAD)):
        mail.refresh_from_db()
        assert mail.state == state
    assert dead.acknowledged_by == administrator
    assert "寄不出 0 封，不知是否寄出 0 封" in page(administrator, "/mail/outbox/")
    again = browser.post(f"/mail/outbox/{dead.uid}/send/", follow=True)
    assert "已经处理过了" in again.content.decode()


def test_a_mail_an_hour_late_is_told(city: City) -> None:
    mail = make_mail(make_subscription(city.city))
    told = {
        seconds: [
            one.text for one in mail_notices(mail.due_at + timedelta(hours=1, seconds=seconds))
        ]
        for seconds in (0, 1)
    }
    assert told == {0: [], 1: ["邮件：1 封到时间已一小时还没有寄出。"]}


@pytest.mark.parametrize(
    ("change", "mail", "word", "last"),
    [
        ({"confirmed_at": None}, {}, ("待确认邮箱", True), "还没有寄过"),
        ({}, {"state": MailState.PENDING}, ("在寄", False), "2026-11-23 的报告待寄"),
        ({"paused_at": AT}, {"state": MailState.SENT}, ("已暂停", True), "2026-11-23 的报告已寄出"),
        (
            {"ended_at": AT, "end_reason": EndReason.BY_LINK, "paused_at": AT},
            {"state": MailState.SENT},
            (EndReason.BY_LINK.label, False),
            "2026-11-23 的报告已寄出",
        ),
    ],
    ids=["unconfirmed", "mailed", "paused", "ended"],
)
def test_a_subscription_stands_in_a_word(
    city: City, change: dict[str, Any], mail: dict[str, Any], word: tuple[str, bool], last: str
) -> None:
    made = make_subscription(city.city, **change)
    if mail:
        make_mail(made, **mail, done_at=AT if mail["state"] == MailState.SENT else None)
    (line,) = subscription_lines(ReportSubscription.objects.all())
    assert ((line.word, line.is_warned), line.last) == (word, last)


def test_trouble_is_told_on_every_page_of_the_system_administrator(
    city: City, clerk: User, administrator: User
) -> None:
    words = "寄不出 1 封，不知是否寄出 0 封，请处理"
    assert words not in page(administrator, "/account/")
    dead: dict[str, Any] = {
        "state": MailState.DEAD,
        "done_at": timezone.now(),
        "trouble": "没有答复。",
    }
    mail = make_mail(make_subscription(city.city), **dead)
    make_run(city.city, timezone.now() - timedelta(hours=27))
    shown = page(administrator, "/account/")
    assert words in shown
    assert "已超过 26 小时没有完成量度" in shown
    assert words not in page(clerk, "/account/")
    browser_of(administrator).post(f"/mail/outbox/{mail.uid}/acknowledge/")
    assert words not in page(administrator, "/account/")


def test_the_system_administrator_begins_at_the_outbox(administrator: User) -> None:
    assert browser_of(administrator).get("/").headers["Location"] == "/mail/outbox/"


def test_queries_do_not_grow(city: City, clerk: User, administrator: User) -> None:
    def asked(account: User, way: str) -> int:
        browser = browser_of(account)
        browser.get(way)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(way).status_code == 200
        return len(queries)

    make_mail(make_subscription(city.east, clerk))
    few = asked(clerk, "/mail/"), asked(administrator, "/mail/outbox/")
    for _ in range(12):
        make_mail(make_subscription(city.east, clerk))
    assert (asked(clerk, "/mail/"), asked(administrator, "/mail/outbox/")) == few
