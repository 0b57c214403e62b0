"""An event is committed at once, says where it came from, and names nobody."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.models import AuditEvent
from yiyang.audit.recording import record

pytestmark = pytest.mark.django_db
PERSON = "person:0b1f4a9e-8c55-4c1a-9d0e-2f7a66b0c001"


def recorded(**said: Any) -> AuditEvent:
    """Record with these and return the row as stored."""
    fields = {"kind": EventKind.REVEAL, "actor_id": None, "outcome": Outcome.ALLOWED} | said
    return AuditEvent.objects.get(pk=record(**fields))


def test_an_event_outlives_the_rollback_of_its_caller() -> None:
    with transaction.atomic():
        event_id = record(kind=EventKind.REVEAL, actor_id=7, outcome=Outcome.DENIED)
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, actor_id FROM yiyang_auditevent WHERE id = %s", [event_id])
        assert cursor.fetchone() == ("REVEAL", 7)


def test_an_event_is_written_from_within_a_broken_transaction() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        with pytest.raises(DatabaseError, match="no_such_table"):
            cursor.execute("SELECT * FROM no_such_table")
        event_id = record(kind=EventKind.FAILED, actor_id=None, outcome=Outcome.FAILED)
        transaction.set_rollback(True)
    assert AuditEvent.objects.filter(pk=event_id).exists()


def test_what_is_said_is_what_is_kept() -> None:
    details = {"field": "phone", "count": 3}
    event = recorded(subject=PERSON, reason="核对随访电话", details=details)
    assert (event.subject, event.reason, event.details) == (PERSON, "核对随访电话", details)


@pytest.mark.parametrize("subject", ["person:张三", "张三", "person:", "person:a b", "Person:1"])
def test_a_subject_that_could_hold_a_name_is_refused(subject: str) -> None:
    with pytest.raises(ValueError, match="不写姓名"):
        recorded(subject=subject)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("证件 15030219500101001X 核对", "证件 … 核对"),
        ("电话13904730001", "电话…"),
        ("+8613904730001", "+…"),
        ("证件150302500101001", "证件…"),
        ("区划 150302000000", "区划 150302000000"),
        ("两行\n文字\x00", "两行 文字"),
        ("区划 150302，2017-12-31", "区划 150302，2017-12-31"),
        (PERSON, PERSON),
    ],
)
def test_long_numbers_and_control_characters_do_not_enter(written: str, kept: str) -> None:
    event = recorded(reason=written, details={"note": written})
    assert (event.reason, event.details["note"]) == (kept, kept)


@pytest.mark.parametrize("value", [{"row": 1}, [1], None, True, 1.5])
def test_details_hold_texts_and_whole_numbers_only(value: Any) -> None:
    with pytest.raises(TypeError, match="文字或整数"):
        recorded(details={"note": value})


def test_outside_a_request_there_is_no_source() -> None:
    event = recorded()
    assert (event.request_id, event.network, event.session_digest) == ("", "", "")
