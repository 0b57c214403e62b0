"""Each mail goes out once: through a server, into a folder, whatever is answered on the way."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest

from targets.mailing import outbox
from targets.mailing.actions import acknowledge, send_again
from targets.mailing.messages import message_id_of, message_of
from targets.mailing.outbox import MINUTES_TO_NEXT, MOST_ATTEMPTS, recover, send_due
from targets.mailing.state import standing_at
from targets.models import EndReason, MailKind, MailState, ReportMail
from targets.tests.factories import City
from targets.tests.mailing.scene import AT, make_mail, make_subscriber, make_subscription
from targets.tests.mailing.servers import CUT, MailServer
from yiyang.access.roles import Role
from yiyang.access.scope import known_actor
from yiyang.access.tests.accounts import open_user

NOON = AT.replace(hour=12)


def send_all(at: Any = NOON) -> int:
    return send_due(lambda: at)


def read(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def fate(mail: ReportMail) -> tuple[str, int, str]:
    mail.refresh_from_db()
    return mail.state, mail.attempts, mail.trouble


def test_a_mail_becomes_one_file_named_after_its_number(city: City, folder: Path) -> None:
    mail = make_mail(make_subscription(city.city))
    assert [send_all(), send_all()] == [1, 0]
    [path] = folder.iterdir()
    assert path.name == f"{mail.uid}.eml"
    assert read(path)["Message-ID"] == f"<{mail.uid}@example.gov.cn>"
    assert fate(mail) == (MailState.SENT, 1, "")


def test_a_mail_reaches_the_server_once(city: City, server: MailServer) -> None:
    mail = make_mail(make_subscription(city.city, address="zhang@example.gov.cn"))
    assert [send_all(), send_all()] == [1, 0]
    assert server.times == {f"<{mail.uid}@example.gov.cn>": 1}
    assert server.arrived[0][0] == ["zhang@example.gov.cn"]
    assert fate(mail) == (MailState.SENT, 1, "")


@pytest.mark.parametrize(
    ("place", "answer", "state", "arrived"),
    [
        ("RCPT", "450 busy", MailState.PENDING, 0),
        ("RCPT", "550 no such mailbox", MailState.DEAD, 0),
        # 发件地址是门户的，不收它不怪这一封：不了结。
        ("MAIL", "550 sender rejected", MailState.PENDING, 0),
        ("DATA", "451 try later", MailState.PENDING, 0),
        ("DATA", "554 refused", MailState.DEAD, 0),
        ("DATA", CUT, MailState.IN_DOUBT, 1),
    ],
)
def test_what_the_server_answers_decides(
    city: City, server: MailServer, place: str, answer: str, state: str, arrived: int
) -> None:
    mail = make_mail(make_subscription(city.city))
    server.answers[place] = answer
    send_all()
    assert fate(mail)[0] == state
    assert mail.trouble
    assert len(server.arrived) == arrived
    server.answers.clear()
    send_all(NOON + timedelta(days=1))
    assert len(server.arrived) == 1 if state != MailState.DEAD else not server.arrived


def test_a_mail_is_tried_at_growing_distances_and_then_given_up(
    city: City, server: MailServer
) -> None:
    server.answers["RCPT"] = "450 busy"
    mail, at = make_mail(make_subscription(city.city)), NOON
    for number, minutes in enumerate(MINUTES_TO_NEXT, start=1):
        send_all(at)
        assert fate(mail)[:2] == (MailState.PENDING, number)
        assert send_all(at + timedelta(minutes=minutes, seconds=-1)) == 0
        at += timedelta(minutes=minutes)
    send_all(at)
    assert fate(mail)[:2] == (MailState.DEAD, MOST_ATTEMPTS)
    assert (send_all(at + timedelta(days=30)), standing_at(at).dead) == (0, 1)


def test_a_server_that_is_not_there_is_tried_again(city: City, server: MailServer) -> None:
    mail = make_mail(make_subscription(city.city))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.MAIL_PORT", 1)
        send_all()
    assert fate(mail)[0] == MailState.PENDING
    assert "连接不上" in mail.trouble


def test_while_the_server_is_away_the_rest_waits_untried(city: City, server: MailServer) -> None:
    """连不上的服务器每封都要等到超时：试一封就够，其余的不占着队列，也不算寄过。"""
    for number in range(3):
        make_mail(make_subscription(city.city, address=f"{number}@example.gov.cn"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.MAIL_PORT", 1)
        send_all()
    tried = ReportMail.objects.order_by("id").values_list("state", "attempts")
    assert list(tried) == [("PENDING", 1), ("PENDING", 0), ("PENDING", 0)]
    send_all(NOON + timedelta(minutes=1))
    assert sorted(server.times.values()) == [1, 1, 1]


def test_a_refused_reader_does_not_hold_up_the_others(city: City, server: MailServer) -> None:
    for number in range(3):
        make_mail(make_subscription(city.city, address=f"{number}@example.gov.cn"))
    server.answers["RCPT 1@example.gov.cn"] = "550 no such mailbox"
    send_all()
    states = ReportMail.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == ["SENT", "DEAD", "SENT"]


def test_without_a_way_of_sending_nothing_is_lost(city: City, settings: Any) -> None:
    settings.MAIL_DIR = settings.MAIL_HOST = ""
    mail = make_mail(make_subscription(city.city))
    assert send_all(NOON + timedelta(days=9)) == 0
    assert fate(mail) == (MailState.PENDING, 0, "")
    assert standing_at(NOON).overdue == 1


def left_behind(city: City, *, is_handed: bool) -> ReportMail:
    """A mail whose sender has died: claimed, and perhaps handed over."""
    claimed: dict[str, Any] = {"state": MailState.SENDING, "attempts": 1, "claimed_at": AT}
    claimed |= {"handed_at": AT} if is_handed else {}
    return cast(ReportMail, make_mail(make_subscription(city.city), **claimed))


@pytest.mark.parametrize("is_handed", [False, True])
def test_a_folder_tells_what_a_dead_sender_did(city: City, folder: Path, is_handed: bool) -> None:
    mail = left_behind(city, is_handed=is_handed)
    assert recover(lambda: NOON) == 1
    assert fate(mail)[0] == MailState.PENDING
    send_all(NOON + timedelta(minutes=1))
    assert fate(mail)[0] == MailState.SENT
    assert len(list(folder.iterdir())) == 1


def test_a_file_that_is_there_is_not_written_again(city: City, folder: Path) -> None:
    mail = left_behind(city, is_handed=True)
    folder.mkdir()
    (folder / f"{mail.uid}.eml").write_text("寄出的那一封")
    assert (recover(lambda: NOON), send_all()) == (1, 0)
    assert fate(mail)[0] == MailState.SENT
    assert (folder / f"{mail.uid}.eml").read_text() == "寄出的那一封"


@pytest.mark.parametrize(
    ("is_handed", "state"), [(False, MailState.PENDING), (True, MailState.IN_DOUBT)]
)
def test_a_server_cannot_tell_so_the_machine_does_not_send_again(
    city: City, server: MailServer, is_handed: bool, state: str
) -> None:
    mail = left_behind(city, is_handed=is_handed)
    assert recover(lambda: NOON) == 1
    assert fate(mail)[0] == state
    send_all(NOON + timedelta(days=1))
    assert len(server.arrived) == (0 if is_handed else 1)


def test_a_mail_in_doubt_is_sent_again_by_hand_under_the_same_number(
    city: City, server: MailServer
) -> None:
    mail = left_behind(city, is_handed=True)
    recover(lambda: NOON)
    assert standing_at(NOON).in_doubt == 1
    send_again(by=administrator(), mail=mail, at=NOON)
    send_all()
    assert server.times == {message_id_of(mail): 1}
    assert (fate(mail)[0], standing_at(NOON).in_doubt) == (MailState.SENT, 0)


def test_a_mail_seen_to_is_no_longer_told_of_and_never_sent(city: City, server: MailServer) -> None:
    mail = left_behind(city, is_handed=True)
    recover(lambda: NOON)
    acknowledge(by=administrator(), mail=mail, at=NOON)
    assert standing_at(NOON).in_doubt == 0
    assert (send_all(NOON + timedelta(days=1)), server.arrived) == (0, [])


def administrator() -> Any:
    user = open_user(Role.SYSTEM_ADMIN)
    return known_actor(user.pk, user.role, NOON.date())


def test_a_mail_some_process_is_about_is_left_alone(
    city: City, folder: Path, owner_connection: Any
) -> None:
    mail = left_behind(city, is_handed=True)
    with owner_connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", (outbox.MAIL_LOCK_CLASS, mail.pk))
        assert recover(lambda: NOON) == 0
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", (outbox.MAIL_LOCK_CLASS, mail.pk))
    assert recover(lambda: NOON) == 1


def test_a_report_that_cannot_be_made_does_not_hold_up_the_next(
    city: City, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = (make_mail(make_subscription(city.city)) for _ in range(2))
    whole = message_of

    def broken(mail: ReportMail, at: Any) -> EmailMessage:
        if mail.pk == bad.pk:
            raise ZeroDivisionError
        return whole(mail, at)

    monkeypatch.setattr(outbox, "message_of", broken)
    assert send_all() == 2
    assert (fate(bad)[0], fate(good)[0]) == (MailState.PENDING, MailState.SENT)
    assert bad.trouble == outbox.NOT_MADE


def test_a_district_taken_back_ends_the_subscription_at_the_next_mail(
    city: City, folder: Path
) -> None:
    account = make_subscriber(city.east)
    kept = make_mail(make_subscription(city.east, account))
    account.region_grants.update(ends_on=AT.date() - timedelta(days=1))
    lost = make_mail(make_subscription(city.east, account))
    send_all()
    for mail in (kept, lost):
        assert fate(mail)[0] == MailState.DROPPED
        mail.subscription.refresh_from_db()
        assert mail.subscription.end_reason == EndReason.OUT_OF_SCOPE
    assert not folder.exists()


def test_a_disabled_account_gets_nothing_more(city: City, folder: Path) -> None:
    mail = make_mail(make_subscription(city.city))
    account = mail.subscription.account
    account.is_active, account.disabled_on = False, AT.date()
    account.save()
    send_all()
    mail.subscription.refresh_from_db()
    assert (fate(mail)[0], mail.subscription.end_reason) == (
        MailState.DROPPED,
        EndReason.ACCOUNT_CLOSED,
    )


@pytest.mark.parametrize(
    "change",
    [
        {"paused_at": AT},
        {"confirmed_at": None},
        {"ended_at": AT, "end_reason": EndReason.BY_ACCOUNT},
    ],
    ids=["paused", "unconfirmed", "ended"],
)
def test_nothing_but_the_question_goes_to_an_address_not_open(
    city: City, folder: Path, change: dict[str, Any]
) -> None:
    mail = make_mail(make_subscription(city.city, **change))
    send_all()
    assert fate(mail)[0] == MailState.DROPPED
    assert not folder.exists()


def test_the_question_goes_to_an_unconfirmed_address(city: City, folder: Path) -> None:
    subscription = make_subscription(city.city, confirmed_at=None)
    make_mail(subscription, kind=MailKind.CONFIRMATION, key="confirm/1")
    send_all()
    [path] = folder.iterdir()
    assert "/mail/confirm/" in str(read(path).get_body(("plain",)).get_content())  # type: ignore[union-attr]
