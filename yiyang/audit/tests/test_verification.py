"""Every way of falsifying the audit in SQL, as the owner of its tables, is found and named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from yiyang.audit.anchoring import anchor_head
from yiyang.audit.models import AuditEvent
from yiyang.audit.sealing import seal_events
from yiyang.audit.tests.conftest import NOW, look
from yiyang.audit.verification import BrokenChainError, verify_audit

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_events", "anchor_path"),
]
Tamper = Callable[[str], None]
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def events(anchor_path: Path) -> list[int]:
    """Ten events in three batches, the second of them anchored."""
    seen = look(3)
    seal_events(at=NOW)
    seen += look(3)
    anchor_head(at=NOW, path=anchor_path)
    seen += look(4)
    seal_events(at=LATER)
    return seen


def fault(path: Path) -> str:
    """Return what the proof says is wrong."""
    with pytest.raises(BrokenChainError) as caught:
        verify_audit(at=LATER, path=path)
    return str(caught.value)


def test_an_untouched_audit_is_whole(events: list[int], anchor_path: Path) -> None:
    verified = verify_audit(at=LATER, path=anchor_path)
    assert (verified.batches, verified.events, verified.waiting) == (3, 10, 0)
    assert verified.anchored_at == NOW


def test_an_empty_audit_is_whole(anchor_path: Path) -> None:
    verified = verify_audit(at=NOW, path=anchor_path)
    assert (verified.batches, verified.events, verified.anchored_at) == (0, 0, None)


EDITS = (
    "reason = '改过'",
    "actor_id = 99",
    "actor_id = NULL",
    "at = at + interval '1 microsecond'",
    "kind = 'EXPORT'",
    "outcome = 'DENIED'",
    "subject = 'person:other'",
    """details = '{"field": "name"}'""",
    "request_id = 'x'",
    "network = '10.0.0.9'",
    "session_digest = 'x'",
    "mac = repeat('0', 64)",
)


@pytest.mark.parametrize("change", EDITS)
def test_an_edit_is_found(
    events: list[int], anchor_path: Path, tamper: Tamper, change: str
) -> None:
    tamper(f"UPDATE yiyang_auditevent SET {change} WHERE id = {events[4]}")
    assert f"事件 {events[4]} 的内容被改动" in fault(anchor_path)


def test_every_field_of_an_event_is_vouched_for() -> None:
    edited = {change.split(" = ")[0] for change in EDITS}
    stored = {field.column for field in AuditEvent._meta.concrete_fields}
    # 编号由次序的查验把守，密钥编号改了就对不上校验值。
    assert stored - edited == {"id", "key_id"}


def test_the_first_broken_event_is_the_one_named(
    events: list[int], anchor_path: Path, tamper: Tamper
) -> None:
    tamper(f"UPDATE yiyang_auditevent SET reason = 'x' WHERE id IN ({events[7]}, {events[2]})")
    assert f"事件 {events[2]} " in fault(anchor_path)


ATTACKS = {
    "an event removed": ("DELETE FROM yiyang_auditevent WHERE id = {5}", "事件 {5}（链上第 6 位）"),
    "an event removed with its seal": (
        (
            "DELETE FROM yiyang_auditevent WHERE id = {5};"
            "DELETE FROM yiyang_auditseal WHERE event_id = {5}"
        ),
        "缺链上第 6 位",
    ),
    "a gap closed up": (
        (
            "DELETE FROM yiyang_auditevent WHERE id = {8};"
            "DELETE FROM yiyang_auditseal WHERE event_id = {8};"
            "UPDATE yiyang_auditseal SET position = 9 WHERE event_id = {9};"
            "UPDATE yiyang_auditbatch SET last_position = 9 WHERE number = 3"
        ),
        "事件 {6}（链上第 7 位）",
    ),
    "two events reordered": (
        (
            "UPDATE yiyang_auditseal SET position = 1000 WHERE event_id = {7};"
            "UPDATE yiyang_auditseal SET position = 8 WHERE event_id = {8};"
            "UPDATE yiyang_auditseal SET position = 9 WHERE event_id = {7}"
        ),
        "事件 {8}（链上第 8 位）的次序",
    ),
    "contents of two events exchanged": (
        (
            "UPDATE yiyang_auditevent SET id = -id WHERE id = {7};"
            "UPDATE yiyang_auditevent SET id = {7} WHERE id = {8};"
            "UPDATE yiyang_auditevent SET id = {8} WHERE id = -{7}"
        ),
        "事件 {7} 的内容被改动",
    ),
    "an event copied in": (
        (
            "INSERT INTO yiyang_auditevent SELECT {9} + 1, at, kind, outcome, subject, reason,"
            " details, request_id, network, session_digest, key_id, mac, actor_id"
            " FROM yiyang_auditevent WHERE id = {1}"
        ),
        "不是门户写入的",
    ),
    "an event in place of another": (
        (
            "DELETE FROM yiyang_auditevent WHERE id = {1};"
            "UPDATE yiyang_auditevent SET id = {1} WHERE id = {3}"
        ),
        "事件 {1} 的内容被改动",
    ),
    "a seal beyond the last batch": (
        "INSERT INTO yiyang_auditseal (event_id, batch_id, position, link) VALUES (1, 3, 1000, '')",
        "是插入的",
    ),
    "a batch removed whole": (
        (
            "DELETE FROM yiyang_auditbatch WHERE number = 2;"
            "DELETE FROM yiyang_auditseal WHERE batch_id = 2"
        ),
        "第 2 批缺失",
    ),
    "a batch's time changed": (
        "UPDATE yiyang_auditbatch SET sealed_at = sealed_at - interval '1 day' WHERE number = 2",
        "事件 {3}（链上第 4 位）的次序或封存被改动",
    ),
    "a head exchanged": (
        "UPDATE yiyang_auditbatch SET head = repeat('0', 64) WHERE number = 3",
        "第 3 批的链头",
    ),
    "a tail cut before the anchor": (
        (
            "DELETE FROM yiyang_auditevent WHERE id > {2};"
            "DELETE FROM yiyang_auditseal WHERE position > 3;"
            "DELETE FROM yiyang_auditbatch WHERE number > 1"
        ),
        "尾部被截去",
    ),
    "everything removed": (
        (
            "DELETE FROM yiyang_auditevent; DELETE FROM yiyang_auditseal;"
            "DELETE FROM yiyang_auditbatch"
        ),
        "尾部被截去",
    ),
    "the beginning cut off": (
        (
            "DELETE FROM yiyang_auditevent WHERE id <= {2};"
            "DELETE FROM yiyang_auditseal WHERE position <= 3;"
            "DELETE FROM yiyang_auditbatch WHERE number = 1"
        ),
        "头部被截去",
    ),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_found_and_named(
    events: list[int], anchor_path: Path, tamper: Tamper, attack: str
) -> None:
    statement, expected = (text.format(*events) for text in ATTACKS[attack])
    tamper(statement)
    assert expected in fault(anchor_path)


def test_a_tail_cut_and_grown_again_is_found(
    events: list[int], anchor_path: Path, tamper: Tamper
) -> None:
    tamper(ATTACKS["a tail cut before the anchor"][0].format(*events))
    look(7)
    seal_events(at=LATER)
    assert "第 6 位与 2027-03-01 的锚点不符：链被重写" in fault(anchor_path)


def test_anchors_that_are_gone_are_missed_after_two_nights(
    events: list[int], anchor_path: Path
) -> None:
    anchor_path.unlink()
    assert verify_audit(at=LATER, path=anchor_path).anchored_at is None
    with pytest.raises(BrokenChainError, match="请查明锚点文件去向"):
        verify_audit(at=NOW + timedelta(days=2, seconds=1), path=anchor_path)


def test_an_older_copy_of_the_database_put_back_is_found(
    events: list[int], anchor_path: Path, tamper: Tamper
) -> None:
    anchor_head(at=LATER, path=anchor_path)
    tamper(
        "DELETE FROM yiyang_auditevent WHERE id IN"
        " (SELECT event_id FROM yiyang_auditseal WHERE position > 6);"
        "DELETE FROM yiyang_auditseal WHERE position > 6;"
        "DELETE FROM yiyang_auditbatch WHERE number > 2"
    )
    assert "锚点记有链上第 10 位，现在只到第 6 位" in fault(anchor_path)


def test_an_event_inserted_by_the_app_role_past_the_portal_is_found(
    events: list[int], anchor_path: Path
) -> None:
    AuditEvent.objects.create(
        at=NOW, kind="REVEAL", outcome="ALLOWED", key_id="a1", mac="0" * 64, details={}
    )
    assert "不是门户写入的" in fault(anchor_path)


def test_an_event_backdated_into_sealed_time_is_found(
    events: list[int], anchor_path: Path, tamper: Tamper
) -> None:
    # 连校验值都对（曾是真事件），封存被抹掉：编号落在早已封存的一段里。
    tamper(f"DELETE FROM yiyang_auditseal WHERE event_id = {events[9]}")
    assert "缺链上第 10 位" in fault(anchor_path)


def test_what_waits_is_counted_and_proved(
    events: list[int], anchor_path: Path, tamper: Tamper
) -> None:
    waiting = look(2)
    assert verify_audit(at=LATER, path=anchor_path).waiting == 2
    tamper(f"UPDATE yiyang_auditevent SET reason = 'x' WHERE id = {waiting[1]}")
    assert f"事件 {waiting[1]} " in fault(anchor_path)


def test_the_command_says_so_and_exits_with_an_error(
    events: list[int], anchor_path: Path, tamper: Tamper
) -> None:
    said = StringIO()
    call_command("verify_audit", stdout=said)
    assert "审计完整：3 批 10 条" in said.getvalue()
    tamper(f"UPDATE yiyang_auditevent SET reason = 'x' WHERE id = {events[0]}")
    with pytest.raises(CommandError, match=f"审计不完整：事件 {events[0]} 的内容被改动"):
        call_command("verify_audit")


def test_a_changed_key_is_kept_for_the_old_part(
    events: list[int], anchor_path: Path, settings: Any
) -> None:
    new = {**settings.AUDIT_KEYS, "a2": "A" * 43 + "="}
    settings.AUDIT_KEYS, settings.AUDIT_KEY_ID = new, "a2"
    look(2)
    anchor_head(at=LATER, path=anchor_path)
    assert verify_audit(at=LATER, path=anchor_path).events == 12
    settings.AUDIT_KEYS = {"a2": new["a2"]}
    with pytest.raises(Exception, match="补上旧密钥"):
        verify_audit(at=LATER, path=anchor_path)
