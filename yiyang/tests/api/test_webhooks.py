"""Notices of changes: subscribed to, made out, signed, sent until they arrive or die."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from contracts.tests.factories import make_known_person
from institutions.tests.factories import make_beds, make_elderly, make_population
from targets.tests.factories import DAY, City, make_city
from yiyang.access.roles import Role
from yiyang.access.scope import known_actor
from yiyang.access.tests.accounts import open_user
from yiyang.api.tokens import revoke_token, rotate_token
from yiyang.api.webhooks.addresses import AddressRefusedError, checked_address, place_of
from yiyang.api.webhooks.models import Delivery, DeliveryState, Subscription
from yiyang.api.webhooks.outbox import (
    MINUTES_TO_NEXT,
    MOST_ATTEMPTS,
    clear_done,
    deliver_due,
    make_out,
)
from yiyang.api.webhooks.panels import subscriptions_panel
from yiyang.api.webhooks.sending import signature_of
from yiyang.changelog.context import SYSTEM
from yiyang.models import ChangeNumber
from yiyang.tests.api.callers import Caller, every_code, make_caller
from yiyang.tests.api.receivers import Receiver, listening

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TODAY = AT.date()
OUTSIDE = "https://hooks.example.com/yiyang"


@pytest.fixture
def city(db: None) -> City:
    return make_city()


def make_subscriber(**more: Any) -> Caller:
    more.setdefault("reads", [*every_code(), "changes"])
    return make_caller(writes=["subscriptions"], on=TODAY - timedelta(days=1), days=300, **more)


@pytest.fixture
def caller(city: City) -> Caller:
    return make_subscriber()


@pytest.fixture
def receiver(tmp_path: Path, settings: Any) -> Iterator[Receiver]:
    """A receiver that the administrator has let in, with its own root certificate."""
    with listening(tmp_path) as one:
        settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.0/8"]
        settings.WEBHOOK_CA_FILE = str(one.certificate)
        settings.WEBHOOK_SECONDS = 5
        yield one


def subscribe(caller: Caller, url: str, **more: Any) -> dict[str, Any]:
    answer = caller.send("POST", "subscriptions/", {"url": url, **more})
    assert answer.status_code == 201, answer.content
    made: dict[str, Any] = answer.json()
    return made


def send_all(at: datetime = AT) -> int:
    make_out(TODAY, at)
    return deliver_due(lambda: at)


def test_a_notice_says_how_far_the_changes_go_and_nothing_else(
    caller: Caller, city: City, receiver: Receiver
) -> None:
    made = subscribe(caller, receiver.url)
    make_elderly(city.east_street, name="甲院")
    assert send_all() == 1
    [(headers, body)] = receiver.arrived
    said = json.loads(body)
    assert said.pop("mark", "演示数据·非真实") == "演示数据·非真实"
    assert said.pop("delivery") == str(Delivery.objects.get().uid)
    assert said == {"subscription": made["id"], "up_to": ChangeNumber.objects.highest()}
    secret = bytes.fromhex(made["secret"])
    signature = signature_of(secret, headers["Webhook-Timestamp"], body)
    assert headers["Webhook-Signature"] == f"v1={signature}"
    assert headers["Webhook-Key"] == made["id"]
    assert headers["Webhook-Timestamp"] == str(int(AT.timestamp()))
    told = caller.get(f"subscriptions/{made['id']}/").json()
    assert (told["state"], told["up_to"], told["attempts"]) == ("DELIVERED", said["up_to"], 1)


def test_nothing_is_sent_before_a_subscription_or_without_news(
    caller: Caller, city: City, receiver: Receiver
) -> None:
    make_elderly(city.east_street)
    assert send_all() == 0
    subscribe(caller, receiver.url)
    assert send_all() == 0
    make_elderly(city.east_street)
    assert [send_all(), send_all()] == [1, 0]


def test_news_of_other_registers_or_resources_are_none(
    caller: Caller, city: City, receiver: Receiver
) -> None:
    home = make_elderly(city.east_street)
    subscribe(caller, receiver.url, resources=["beds"])
    make_known_person(city.east_community, id_number="150399194003070029")
    make_population(city.east, "TOTAL", 1000)
    assert send_all() == 0
    make_beds(home, DAY, 50)
    assert send_all() == 1


def test_what_piles_up_is_one_notice(caller: Caller, city: City, receiver: Receiver) -> None:
    receiver.status = 500
    subscribe(caller, receiver.url)
    for minutes in range(3):
        make_elderly(city.east_street)
        send_all(AT + timedelta(minutes=minutes))
    receiver.status = 200
    send_all(AT + timedelta(hours=1))
    [delivery] = Delivery.objects.all()
    assert delivery.state == DeliveryState.DELIVERED
    assert delivery.up_to == ChangeNumber.objects.highest()


def test_a_notice_is_sent_again_at_growing_distances_and_then_given_up(
    caller: Caller, city: City, receiver: Receiver
) -> None:
    receiver.status = 503
    subscribe(caller, receiver.url)
    make_elderly(city.east_street)
    at = AT
    for minutes in MINUTES_TO_NEXT:
        assert send_all(at) == 1
        assert send_all(at + timedelta(minutes=minutes, seconds=-1)) == 0
        at += timedelta(minutes=minutes)
    assert send_all(at) == 1
    [told] = caller.get("subscriptions/").json()["results"]
    assert (told["state"], told["attempts"]) == ("DEAD", MOST_ATTEMPTS)
    assert told["trouble"] == "对方答 503，须答 2xx。"
    assert send_all(at + timedelta(days=30)) == 0
    assert len(receiver.arrived) == MOST_ATTEMPTS


def test_a_redirect_is_not_followed(caller: Caller, city: City, receiver: Receiver) -> None:
    receiver.status = 307
    subscribe(caller, receiver.url)
    make_elderly(city.east_street)
    assert send_all() == 1
    assert len(receiver.arrived) == 1
    assert "跳转" in Delivery.objects.get().trouble


def test_an_answer_dripped_byte_by_byte_is_cut_off(
    caller: Caller, city: City, receiver: Receiver, settings: Any
) -> None:
    settings.WEBHOOK_SECONDS = 0.3
    receiver.drips = True
    subscribe(caller, receiver.url)
    make_elderly(city.east_street)
    send_all()
    assert Delivery.objects.get().trouble == "0.3 秒内没有答复。"


def test_a_certificate_nobody_vouches_for_is_not_trusted(
    caller: Caller, city: City, receiver: Receiver, settings: Any
) -> None:
    settings.WEBHOOK_CA_FILE = ""
    subscribe(caller, receiver.url)
    make_elderly(city.east_street)
    send_all()
    assert receiver.arrived == []
    assert "证书不可信" in Delivery.objects.get().trouble


def test_the_address_that_was_checked_is_the_one_connected_to(
    caller: Caller, city: City, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that answers differently the second time gains nothing: it is asked once."""
    answers = iter(["127.0.0.1", "10.0.0.1"])
    asked: list[str] = []

    def look_up(host: str, port: int, **more: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    subscribe(caller, f"https://hooks.example.com:{receiver.port}/")
    make_elderly(city.east_street)
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    connected: list[str] = []
    real = socket.create_connection

    def connect(address: tuple[str, int], *more: Any) -> socket.socket:
        connected.append(address[0])
        # 真的去连，须绕开上面换掉的解析。
        monkeypatch.undo()
        return real(address, *more)

    monkeypatch.setattr("yiyang.api.webhooks.sending.socket.create_connection", connect)
    send_all()
    assert (asked, connected) == (["hooks.example.com"], ["127.0.0.1"])


INSIDE = (
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "fe80::1", "fc00::1"),
    *("::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "ff02::1"),
)


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where only one of its addresses does."""
    found = [(0, 0, 0, "", (text, 443)) for text in ("93.184.216.34", address)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: found)
    with pytest.raises(AddressRefusedError, match="内部网络"):
        checked_address("hooks.example.com", 443)


def test_a_public_address_is_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(0, 0, 0, "", ("93.184.216.34", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: found)
    assert checked_address("hooks.example.com", 443) == "93.184.216.34"


def test_a_name_nobody_knows_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: Any, **more: Any) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(AddressRefusedError, match="解析不出来"):
        checked_address("hooks.example.com", 443)


BAD = (
    *("http://hooks.example.com/", "ftp://hooks.example.com/", "hooks.example.com", "", "https://"),
    *("https://user:w@hooks.example.com/", "https://hooks.example.com/#a", "https://a b.com/"),
    *(
        "https://hooks.example.com:99999/",
        "https://hooks.example.com\\@127.0.0.1/",
        "https://钩.cn/",
    ),
    *("https://127.0.0.1/", "https://[::1]/", "https://localhost/", "https://redis/", "https://0/"),
    *("https://2130706433/", "https://0x7f.1/", "https://127.1/", "https://[::ffff:10.0.0.1]/"),
    *(
        "https://169.254.169.254/latest/",
        "https://hooks.example.com/\r\nX: y",
        "https://[fe80::1%25a]/",
    ),
    "https://hooks.example.com/" + "a" * 500,
)


@pytest.mark.parametrize("url", BAD)
def test_an_address_no_notice_may_go_to_is_refused_at_once(caller: Caller, url: str) -> None:
    answer = caller.send("POST", "subscriptions/", {"url": url})
    assert answer.status_code == 400, answer.content
    assert answer.json()["errors"][0]["pointer"] == "#/url"
    assert not Subscription.objects.exists()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/url"),
        ([], "#"),
        ({"url": 7}, "#/url"),
        ({"url": OUTSIDE, "secret": "mine"}, "#/secret"),
        ({"url": OUTSIDE, "resources": "beds"}, "#/resources"),
        ({"url": OUTSIDE, "resources": ["beds", "persons"]}, "#/resources/1"),
        ({"url": OUTSIDE, "resources": [1]}, "#/resources/0"),
    ],
)
def test_a_wrong_body_is_refused_field_by_field(caller: Caller, body: Any, pointer: str) -> None:
    answer = caller.send("POST", "subscriptions/", body)
    assert answer.status_code == 400
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


def test_the_secret_is_told_once_and_kept_sealed(caller: Caller) -> None:
    made = subscribe(caller, OUTSIDE)
    assert "secret" not in caller.get(f"subscriptions/{made['id']}/").json()
    [held] = Subscription.objects.all()
    assert bytes.fromhex(made["secret"]) not in bytes(held.wrapped)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM yiyang_changeentry entry"
            " JOIN yiyang_change change ON change.id = change_id"
            " WHERE table_name = 'yiyang_subscription' AND after ? 'wrapped'"
        )
        assert cursor.fetchone() == (0,)


def test_what_is_ended_is_told_nothing_more(caller: Caller, city: City, receiver: Receiver) -> None:
    made = subscribe(caller, receiver.url)
    make_elderly(city.east_street)
    make_out(TODAY, AT)
    assert caller.send("DELETE", f"subscriptions/{made['id']}/").status_code == 204
    deliver_due(lambda: AT)
    assert receiver.arrived == []
    make_elderly(city.east_street)
    assert make_out(TODAY, AT) == 0
    [told] = caller.get("subscriptions/").json()["results"]
    assert (told["state"], told["trouble"]) == ("DEAD", "已退订。")
    assert told["ended_at"]


def test_another_account_neither_sees_nor_ends_it(caller: Caller) -> None:
    made = subscribe(caller, OUTSIDE)
    other = make_subscriber(user=open_user(Role.CIVIL_AFFAIRS_CLIENT))
    assert other.get("subscriptions/").json()["results"] == []
    for method in ("GET", "DELETE"):
        assert other.send(method, f"subscriptions/{made['id']}/").status_code == 404
    assert Subscription.objects.get().ended_at is None


@pytest.mark.parametrize(
    ("reads", "writes", "seen", "begun"),
    [
        (["changes"], ["subscriptions"], 200, 201),
        (["changes"], [], 200, 403),
        (["beds"], ["subscriptions"], 403, 403),
    ],
)
def test_subscribing_needs_a_scope_of_its_own(
    city: City, reads: list[str], writes: list[str], seen: int, begun: int
) -> None:
    caller = make_caller(reads=reads, writes=writes)
    assert caller.get("subscriptions/").status_code == seen
    assert caller.send("POST", "subscriptions/", {"url": OUTSIDE}).status_code == begun


def test_an_account_may_not_hold_subscriptions_without_end(caller: Caller) -> None:
    for _ in range(10):
        subscribe(caller, OUTSIDE)
    answer = caller.send("POST", "subscriptions/", {"url": OUTSIDE})
    assert answer.status_code == 400
    assert "至多 10 个" in answer.json()["errors"][0]["detail"]


def test_a_subscription_lives_on_with_the_next_token_and_ends_with_the_last(
    caller: Caller, city: City, receiver: Receiver
) -> None:
    made = subscribe(caller, receiver.url)
    successor, _ = rotate_token(
        by=SYSTEM,
        token=caller.token,
        on=TODAY,
        expires_on=TODAY + timedelta(days=30),
        overlap_days=0,
    )
    make_elderly(city.east_street)
    assert (send_all(), receiver.arrived[0][0]["Webhook-Key"]) == (1, made["id"])
    revoke_token(by=SYSTEM, token=successor, at=AT, reason="停用")
    make_elderly(city.east_street)
    assert send_all() == 0


def test_the_administrator_sees_where_notices_go_and_why_they_fail(
    caller: Caller, city: City, receiver: Receiver
) -> None:
    receiver.status = 500
    subscribe(caller, receiver.url)
    make_elderly(city.east_street)
    send_all()
    administrator = open_user(Role.SECURITY_ADMIN)
    actor = known_actor(administrator.pk, administrator.role, TODAY)
    [row] = subscriptions_panel(caller.token.user, actor)["subscriptions"]
    assert (row.url, row.state_words) == (receiver.url, "待送")
    assert row.last_trouble == "对方答 500，须答 2xx。"


def test_notices_settled_long_ago_are_dropped_and_waiting_ones_kept(
    caller: Caller, city: City, receiver: Receiver
) -> None:
    subscribe(caller, receiver.url)
    make_elderly(city.east_street)
    send_all()
    receiver.status = 500
    make_elderly(city.east_street)
    send_all()
    assert clear_done(AT) == 0
    assert clear_done(AT + timedelta(seconds=1)) == 1
    assert Delivery.objects.get().state == DeliveryState.PENDING


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_notice_once(receiver: Receiver) -> None:
    city = make_city()
    callers = [make_subscriber(user=open_user(Role.CIVIL_AFFAIRS_CLIENT)) for _ in range(6)]
    for one in callers:
        subscribe(one, receiver.url)
    make_elderly(city.east_street)
    receiver.seconds = 0.05
    at_once(lambda: make_out(TODAY, AT), lambda: make_out(TODAY, AT))
    at_once(lambda: deliver_due(lambda: AT), lambda: deliver_due(lambda: AT))
    assert len(receiver.arrived) == len(callers)
    assert set(Delivery.objects.values_list("state", "attempts")) == {("DELIVERED", 1)}


def at_once(*works: Callable[[], int]) -> None:
    def run(work: Callable[[], int]) -> None:
        work()
        connection.close()

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_the_place_of_an_address() -> None:
    assert place_of("https://Hooks.example.com/a?b=1") == ("hooks.example.com", 443, "/a?b=1")
    assert place_of("https://[2606:4700::1]:8443") == ("2606:4700::1", 8443, "/")
