"""Scans go when their retention is over; that there was one, and what it was, stays known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import Settings

from contracts.agreements.attachments import AGREEMENT_FILES
from contracts.tests.factories import make_agreement
from contracts.tests.persons import browser_of, events_after, last_event_id
from institutions.attachments import INSTITUTION_FILES
from institutions.models import Institution, Status
from institutions.tests.factories import make_elderly, make_health, make_profile
from targets.models import (
    Basis,
    Proposal,
    ProposalEvent,
    ProposalState,
    Supervision,
    SupervisionEvent,
    SupervisionState,
    SupervisionVerb,
    TaskProgress,
    TaskRole,
    TaskState,
)
from targets.proposals.attachments import PROPOSAL_FILES
from targets.supervision.attachments import SUPERVISION_FILES
from targets.taskboard.attachments import TASK_FILES
from targets.tests.factories import City
from targets.tests.page_scene import make_policy
from targets.tests.task_scene import make_bureau, make_task, make_user
from yiyang.access.roles import Role
from yiyang.attachments.holders import Holder, holder_named
from yiyang.attachments.keys import FILES
from yiyang.attachments.models import Attachment, AttachmentContent
from yiyang.attachments.retention import destroy_scans, due_scans
from yiyang.attachments.tasks import destroy_due_scans
from yiyang.attachments.tests.files import make_attachment, pdf, png
from yiyang.audit.kinds import EventKind
from yiyang.changelog.models import ChangeEntry

pytestmark = pytest.mark.django_db
ENDED, JUST_BEFORE, TEN_YEARS_ON = date(2016, 3, 1), date(2026, 2, 28), date(2026, 3, 1)
AT = datetime(2026, 3, 1, 4, 20, tzinfo=UTC)
LAST_DAY = date(2016, 2, 29)
Make = Callable[[City], int]


def agreement(city: City, **fields: Any) -> int:
    parties = make_health(city.east_community), make_elderly(city.east_community)
    return make_agreement(*parties, **fields).pk


def institution(city: City, *, reopened: bool = False) -> int:
    """An institution closed on the day, open again later if so said."""
    made = make_health(city.east_community, ends_on=LAST_DAY)
    closed_until = date(2018, 12, 31) if reopened else None
    closed = {"institution": made, "status": Status.CLOSED, "category": "A100"}
    make_profile(city.east_community, starts_on=ENDED, ends_on=closed_until, **closed)
    if reopened:
        reopened_on = {"starts_on": date(2019, 1, 1), "category": "A100"}
        make_profile(city.east_community, institution=made, **reopened_on)
    return made.pk


def proposal(city: City, state: ProposalState) -> int:
    """A proposal that was answered, archived or handed back."""
    clerk, checker = make_user(Role.CITY_HEALTH_CLERK), make_user(Role.CITY_HEALTH_REVIEWER)
    answered: dict[str, Any] = {"reply": "已办。", "result": "A", "drafted_by": clerk}
    answered |= {"submitted_by": clerk, "approved_by": checker, "approved_on": ENDED}
    answered |= {"answered_on": ENDED, "satisfaction": "SATISFIED"}
    made = Proposal.objects.create(
        kind="RECOMMENDATION", year=2016, number="第1号", title="建议", proposer_kind="DELEGATION",
        proposer="测试代表团", assigned_on=date(2016, 1, 5), due_by=date(2016, 4, 5),
        lead=make_bureau("卫生健康委"), region=city.city, state=state,
        registered_by=clerk, registered_on=date(2016, 1, 5),
        **({} if state == ProposalState.DECLINED else answered),
    )  # fmt: skip
    verbs = {ProposalState.ARCHIVED: "ARCHIVE", ProposalState.DECLINED: "DECLINE"}
    said = {"verb": verbs.get(state, "ANSWER"), "state": state, "author": clerk}
    ProposalEvent.objects.create(proposal=made, taken_on=ENDED, **said)
    return made.pk


def voided_institution(_: City) -> int:
    at = datetime(2016, 3, 1, tzinfo=UTC)
    return Institution.objects.create(code="T-1", voided_at=at, void_reason="重复登记").pk


def order(_: City, state: SupervisionState) -> int:
    """An order that was closed, withdrawn or is still worked on."""
    users = [make_user(Role.CITY_HEALTH_CLERK) for _ in range(3)]
    issued: dict[str, Any] = {"number": "督1", "assigned_by": users[1], "assigned_on": ENDED}
    issued |= {"submitted_by": users[1], "submitted_on": ENDED}
    if state == SupervisionState.CLOSED:
        issued |= {"closed_by": users[2], "closed_on": ENDED}
    made = Supervision.objects.create(
        title="督办", kind="ROUTINE", urgency="NORMAL", basis=Basis.OTHER, basis_text="纪要",
        lead_bureau=make_bureau("民政局"), content="签订协议", frequency="WEEK", allowed_days=10,
        state=state, drafted_by=users[0], drafted_on=date(2016, 1, 5),
        **({} if state == SupervisionState.WITHDRAWN else issued),
    )  # fmt: skip
    if state == SupervisionState.WITHDRAWN:
        said = {"verb": SupervisionVerb.WITHDRAW, "state": state, "author": users[0]}
        SupervisionEvent.objects.create(supervision=made, taken_on=ENDED, **said)
    return made.pk


def part(city: City, state: TaskState) -> int:
    bureau = make_bureau("民政局")
    made = make_task(make_policy(city.city), (TaskRole.LEAD, bureau)).bureaus.get()
    people = {"claimed_by": make_user(Role.BUREAU_LIAISON)}
    people |= {"confirmed_by": make_user(Role.CITY_HEALTH_REVIEWER)}
    done = people if state == TaskState.DONE else {}
    TaskProgress.objects.create(part=made, state=state, reported_on=ENDED, **done)
    return made.pk


# 所属登记、记录怎样结束、（2016-03-01 结束的）满十年时扫描件该不该销毁。
RECORDS: dict[str, tuple[Holder, Make, bool]] = {
    "expired": (AGREEMENT_FILES, lambda city: agreement(city, expires_on=LAST_DAY), True),
    "terminated": (AGREEMENT_FILES, lambda city: agreement(city, terminated_on=ENDED), True),
    "voided": (
        AGREEMENT_FILES,
        lambda city: agreement(
            city, voided_at=datetime(2016, 3, 1, tzinfo=UTC), void_reason="录错"
        ),
        True,
    ),
    "open-ended": (AGREEMENT_FILES, agreement, False),
    "expires later": (
        AGREEMENT_FILES, lambda city: agreement(city, expires_on=date(2020, 1, 1)), False,
    ),
    "closed institution": (INSTITUTION_FILES, institution, True),
    "voided institution": (INSTITUTION_FILES, voided_institution, True),
    "closed, open again": (
        INSTITUTION_FILES, lambda city: institution(city, reopened=True), False,
    ),
    "closed order": (SUPERVISION_FILES, lambda c: order(c, SupervisionState.CLOSED), True),
    "withdrawn order": (SUPERVISION_FILES, lambda c: order(c, SupervisionState.WITHDRAWN), True),
    "order in review": (SUPERVISION_FILES, lambda c: order(c, SupervisionState.REVIEW), False),
    "archived proposal": (PROPOSAL_FILES, lambda c: proposal(c, ProposalState.ARCHIVED), True),
    "declined proposal": (PROPOSAL_FILES, lambda c: proposal(c, ProposalState.DECLINED), True),
    "answered proposal": (PROPOSAL_FILES, lambda c: proposal(c, ProposalState.ANSWERED), False),
    "part done": (TASK_FILES, lambda city: part(city, TaskState.DONE), True),
    "part ongoing": (TASK_FILES, lambda city: part(city, TaskState.ONGOING), False),
}  # fmt: skip


@pytest.mark.parametrize("record", RECORDS)
def test_a_scan_is_due_ten_years_after_its_record_ended(city: City, record: str) -> None:
    holder, make, is_due = RECORDS[record]
    scan = make_attachment(holder, make(city))
    assert due_scans(JUST_BEFORE) == []
    assert [one.attachment for one in due_scans(TEN_YEARS_ON)] == ([scan] if is_due else [])


def test_every_register_that_keeps_files_is_in_the_table() -> None:
    names = {holder.name for holder, _, _ in RECORDS.values()}
    for name in ("agreement", "institution", "supervision", "task-part", "proposal"):
        assert holder_named(name) is not None
        assert name in names


def test_a_voided_scan_goes_after_a_year(city: City) -> None:
    scan = make_attachment(AGREEMENT_FILES, agreement(city))
    at = datetime(2025, 3, 1, 2, tzinfo=UTC)
    Attachment.objects.update(voided_at=at, void_reason="传错了文件")
    assert due_scans(JUST_BEFORE) == []
    (due,) = due_scans(TEN_YEARS_ON)
    assert (due.attachment, due.ground.label) == (scan, "附件作废后保存期满")


def test_only_the_bytes_and_the_key_go(city: City) -> None:
    gone = agreement(city, terminated_on=ENDED)
    kept = make_attachment(AGREEMENT_FILES, agreement(city))
    scan = make_attachment(AGREEMENT_FILES, gone, content=png())
    before = last_event_id()
    assert destroy_scans(as_of=TEN_YEARS_ON, at=AT) == 1
    content = AttachmentContent.objects.get(attachment=scan)
    assert (content.wrapped, content.sealed) == (None, None)
    assert AttachmentContent.objects.get(attachment=kept).sealed is not None
    now = Attachment.objects.get(pk=scan.pk)
    assert (now.name, now.sha256, now.size) == (scan.name, scan.sha256, scan.size)
    assert now.destroyed_at == AT
    (event,) = events_after(before, EventKind.DESTROY)
    assert (event.subject, event.details["attachment"]) == (f"agreement:{gone}", scan.pk)
    entry = ChangeEntry.objects.filter(change__table_name="yiyang_attachment").latest("pk")
    assert entry.change.reason == "所属记录结束后保存期满"
    assert destroy_scans(as_of=TEN_YEARS_ON, at=AT) == 0
    assert FILES.stale().count() == 0
    call_command("rotate_keys", stdout=StringIO())


def test_the_page_says_it_was_destroyed_and_opens_it_to_nobody(city: City) -> None:
    held = agreement(city, terminated_on=ENDED)
    scan = make_attachment(AGREEMENT_FILES, held)
    desk = browser_of(make_user(Role.CITY_CIVIL_AFFAIRS_CLERK))
    way = f"/attachments/{scan.uid}"
    assert desk.get(f"{way}/file/").content == pdf()
    destroy_scans(as_of=TEN_YEARS_ON, at=AT)
    assert desk.get(f"{way}/file/").status_code == 404
    assert desk.get(f"{way}/void/").status_code == 404
    page = desk.get(f"/agreements/{held}/").content.decode()
    assert "保存期满，2026-03-01 销毁" in page
    assert way not in page


def test_key_and_bytes_go_together(city: City) -> None:
    make_attachment(AGREEMENT_FILES, agreement(city))
    for half in ("wrapped", "sealed"):
        with pytest.raises(IntegrityError, match="key_and_bytes"), transaction.atomic():
            AttachmentContent.objects.update(**{half: None})


def test_the_command_says_first_and_the_night_does_it(city: City) -> None:
    make_attachment(AGREEMENT_FILES, agreement(city, terminated_on=ENDED))
    make_attachment(AGREEMENT_FILES, agreement(city))
    said = StringIO()
    call_command("destroy_scans", stdout=said)
    assert "保存期满的扫描件 1 份" in said.getvalue()
    assert "所属记录结束后保存期满：1 份" in said.getvalue()
    assert not Attachment.objects.exclude(destroyed_at=None).exists()
    destroy_due_scans()
    assert Attachment.objects.filter(destroyed_at__lte=timezone.now()).count() == 1
    call_command("destroy_scans", "--apply", stdout=said)
    assert "已销毁 0 份" in said.getvalue()


def test_the_night_knows_of_it(settings: Settings) -> None:
    from yiyang.celery import app  # noqa: PLC0415

    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled <= set(app.tasks)
    assert "attachments.destroy_scans" in scheduled


@pytest.mark.parametrize("setting", ["ATTACHMENT_YEARS_AFTER_END", "ATTACHMENT_YEARS_AFTER_VOID"])
def test_less_than_a_year_is_refused(settings: Settings, setting: str) -> None:
    setattr(settings, setting, 0)
    with pytest.raises(ImproperlyConfigured, match="至少 1 年"):
        due_scans(TEN_YEARS_ON)
