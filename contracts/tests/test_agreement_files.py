"""Files of an agreement: who may add and take them, how they are kept, and what is on record."""

from __future__ import annotations

from base64 import b64encode
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from contracts.agreements.attachments import AGREEMENT_FILES
from contracts.models import PartnershipAgreement
from contracts.tests.factories import make_agreement
from contracts.tests.persons import City, browse_as, events_after, last_event_id
from institutions.tests.factories import make_elderly, make_health
from yiyang.access.roles import Role
from yiyang.access.scope import unknown_actor
from yiyang.attachments.actions import content_of
from yiyang.attachments.keys import FILES
from yiyang.attachments.models import Attachment, AttachmentContent
from yiyang.attachments.tests.files import make_attachment, pdf, png
from yiyang.audit.kinds import EventKind
from yiyang.changelog.models import ChangeEntry
from yiyang.lib.crypto import SealError

KEY = b64encode(b"k" * 32).decode()


@pytest.fixture
def city(db: None) -> City:
    return City.make()


@pytest.fixture
def agreement(city: City) -> PartnershipAgreement:
    return make_agreement(make_health(city.street), make_elderly(city.street), number="协一")


@pytest.fixture
def clerk(city: City) -> Client:
    return browse_as(Role.DISTRICT_CIVIL_AFFAIRS_CLERK, city.east)


def send(client: Client, agreement: PartnershipAgreement, content: bytes, name: str) -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post(f"/attachments/agreement/{agreement.pk}/new/", {"file": file})


def test_a_scan_is_kept_sealed_and_comes_back_as_it_was(
    clerk: Client, agreement: PartnershipAgreement
) -> None:
    before = last_event_id()
    assert send(clerk, agreement, pdf(), "../协议 正本.exe").status_code == 302
    kept = Attachment.objects.get()
    assert (kept.name, kept.kind, kept.size) == ("协议 正本.pdf", "PDF", len(pdf()))
    assert b"PDF" not in bytes(AttachmentContent.objects.get().sealed or b"")
    answer = clerk.get(f"/attachments/{kept.uid}/file/")
    assert answer.content == pdf()
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith('attachment; filename="attachment-')
    assert answer["X-Content-Type-Options"] == "nosniff"
    (event,) = events_after(before, EventKind.EXPORT)
    assert event.subject == f"agreement:{agreement.pk}"
    page = clerk.get(f"/agreements/{agreement.pk}/").content.decode()
    assert "新增附件" in page
    assert "文件名：协议 正本.pdf" in page


def test_the_change_log_knows_of_the_file_and_not_its_bytes(
    clerk: Client, agreement: PartnershipAgreement
) -> None:
    send(clerk, agreement, pdf(), "a.pdf")
    logged = ChangeEntry.objects.filter(change__table_name__startswith="yiyang_attachment")
    assert {one.change.table_name for one in logged.select_related("change")} == {
        "yiyang_attachment"
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<html><script>alert(1)</script>", "只收 PDF、JPEG、PNG"),
        (pdf() + b"PK\x05\x06" + b"\0" * 18, "混有另一种文件"),
        (png(20_000, 20_000), "尺寸过大"),
        (b"", "空文件不收"),
        (pdf(b"/JS (x)"), "脚本"),
        (b"%PDF-1.7" + b"\0" * (1024 * 1024), "超过 1 MB"),
    ],
)
def test_what_is_no_scan_is_refused_beside_the_field(
    settings: Settings,
    clerk: Client,
    agreement: PartnershipAgreement,
    content: bytes,
    message: str,
) -> None:
    settings.ATTACHMENT_MAX_MB = 1
    answer = send(clerk, agreement, content, "协议.pdf")
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not Attachment.objects.exists()


def test_the_same_file_twice_and_one_too_many_are_refused(
    settings: Settings, agreement: PartnershipAgreement
) -> None:
    settings.ATTACHMENTS_PER_RECORD = 2
    first = make_attachment(AGREEMENT_FILES, agreement.pk)
    with pytest.raises(ValidationError, match="已经上传过"):
        make_attachment(AGREEMENT_FILES, agreement.pk)
    make_attachment(AGREEMENT_FILES, agreement.pk, content=png())
    with pytest.raises(ValidationError, match="最多 2 个附件"):
        make_attachment(AGREEMENT_FILES, agreement.pk, content=png(5, 5))
    assert first.voided_at is None


def test_a_voided_file_opens_to_nobody_and_stays_listed(
    clerk: Client, agreement: PartnershipAgreement
) -> None:
    file = make_attachment(AGREEMENT_FILES, agreement.pk)
    way = f"/attachments/{file.uid}"
    assert clerk.post(f"{way}/void/", {"reason": " "}).status_code == 422
    assert clerk.post(f"{way}/void/", {"reason": "传错了文件"}).status_code == 302
    assert clerk.get(f"{way}/file/").status_code == 404
    page = clerk.get(f"/agreements/{agreement.pk}/").content.decode()
    assert "传错了文件" in page
    assert f"{way}/file/" not in page


def test_a_file_is_seen_with_its_record_only(city: City, agreement: PartnershipAgreement) -> None:
    file = make_attachment(AGREEMENT_FILES, agreement.pk)
    orphan = make_attachment(AGREEMENT_FILES, agreement.pk, content=png())
    Attachment.objects.filter(pk=orphan.pk).update(holder="没有登记的")
    for role, region, status in (
        (Role.DISTRICT_HEALTH_REVIEWER, city.east, 200),
        (Role.DISTRICT_HEALTH_CLERK, city.west, 404),
        (Role.LEADER, city.east, 404),
        (Role.AUDIT_ADMIN, city.east, 404),
    ):
        browser = browse_as(role, region)
        assert browser.get(f"/attachments/{file.uid}/file/").status_code == status
        assert browser.get(f"/attachments/{orphan.uid}/file/").status_code == 404


def test_a_reader_may_not_add(city: City, agreement: PartnershipAgreement) -> None:
    reader = browse_as(Role.DISTRICT_HEALTH_REVIEWER, city.east)
    assert send(reader, agreement, pdf(), "a.pdf").status_code == 403
    assert "上传附件" not in reader.get(f"/agreements/{agreement.pk}/").content.decode()


def test_an_institution_keeps_files_too(city: City, clerk: Client) -> None:
    home = make_elderly(city.street)
    file = SimpleUploadedFile("备案.png", png())
    answer = clerk.post(f"/attachments/institution/{home.pk}/new/", {"file": file})
    assert answer["Location"] == f"/institutions/{home.pk}/"
    assert "备案.png" in clerk.get(f"/institutions/{home.pk}/").content.decode()


def test_the_page_asks_as_much_for_one_file_as_for_many(
    clerk: Client,
    agreement: PartnershipAgreement,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    make_attachment(AGREEMENT_FILES, agreement.pk)
    with django_assert_max_num_queries(100) as few:
        clerk.get(f"/agreements/{agreement.pk}/")
    for size in range(3, 12):
        make_attachment(AGREEMENT_FILES, agreement.pk, content=png(size, size))
    with django_assert_max_num_queries(len(few)):
        clerk.get(f"/agreements/{agreement.pk}/")


def test_bytes_moved_to_another_file_do_not_open(agreement: PartnershipAgreement) -> None:
    one = make_attachment(AGREEMENT_FILES, agreement.pk)
    other = make_attachment(AGREEMENT_FILES, agreement.pk, content=png())
    held = AttachmentContent.objects.get(attachment=other)
    for moved in ({"sealed": held.sealed}, {"sealed": held.sealed, "wrapped": held.wrapped}):
        AttachmentContent.objects.filter(attachment=one).update(**moved)
        with pytest.raises(SealError):
            content_of(by=unknown_actor(date(2026, 3, 1)), attachment=one)


def test_a_new_master_key_takes_the_files_along(
    settings: Settings, clerk: Client, agreement: PartnershipAgreement
) -> None:
    file = make_attachment(AGREEMENT_FILES, agreement.pk)
    settings.FIELD_KEYS = {**settings.FIELD_KEYS, "k2": KEY}
    settings.FIELD_KEY_ID = "k2"
    assert FILES.stale().count() == 1
    call_command("rotate_keys")
    assert FILES.in_use() == {"k2": 1}
    settings.FIELD_KEYS = {"k2": KEY}
    assert clerk.get(f"/attachments/{file.uid}/file/").content == pdf()
