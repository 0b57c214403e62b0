"""Bodies too large or malformed are refused in words, before they cost memory or disk."""

from __future__ import annotations

import tempfile
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import BadRequest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.multipartparser import MultiPartParserError
from django.test import RequestFactory
from django.test.client import BOUNDARY, MULTIPART_CONTENT

from yiyang.access.roles import Role
from yiyang.lib.sheets import MAX_BYTES
from yiyang.tests.attacks.scene import Scene
from yiyang.tests.attacks.valid import FORMS

MEGABYTE = 1024 * 1024
WAYS = ("/account/sign-in", "/persons/search/", "/targets/plans/new/", "/")
PART = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="f"; filename="{{}}"\r\n\r\nx\r\n'


@pytest.mark.parametrize("role", [None, Role.CITY_HEALTH_CLERK])
@pytest.mark.parametrize("way", WAYS)
def test_a_form_beyond_a_few_megabytes_is_refused(
    scene: Scene, way: str, role: Role | None
) -> None:
    answer = scene.browser(role).post(way, {"term": "x" * (3 * MEGABYTE)})
    assert answer.status_code == 400
    assert "什么都没有改动" in answer.content.decode()


def test_a_thousand_and_one_fields_are_refused(scene: Scene) -> None:
    fields = {f"f{number}": "1" for number in range(1001)}
    for way in WAYS:
        assert scene.browser(Role.CITY_HEALTH_CLERK).post(way, fields).status_code == 400


def test_a_stranger_uploads_nothing_of_size(scene: Scene, folder_of_uploads: Path) -> None:
    for way in WAYS:
        posted = {"file": SimpleUploadedFile("a.xlsx", b"x" * (3 * MEGABYTE))}
        assert scene.browser(None).post(way, posted).status_code == 400
    assert not list(folder_of_uploads.iterdir())


def test_an_upload_is_refused_by_its_stated_length(scene: Scene) -> None:
    browser = scene.browser(Role.CITY_HEALTH_CLERK)
    told = str(MAX_BYTES + 2 * MEGABYTE)
    answer = browser.generic(
        "POST", "/persons/search/", b"x", MULTIPART_CONTENT, CONTENT_LENGTH=told
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("name", ["../../../tmp/x", "..\\..\\x", "/etc/cron.d/x", "a\x00.xlsx"])
def test_a_path_in_a_files_name_leads_nowhere(
    scene: Scene, folder_of_uploads: Path, name: str
) -> None:
    body = f"{PART.format(name)}--{BOUNDARY}--\r\n".encode()
    before = set(folder_of_uploads.parent.iterdir())
    browser = scene.browser(Role.CITY_HEALTH_CLERK)
    answer = browser.generic("POST", "/persons/search/", body, MULTIPART_CONTENT)
    assert answer.status_code in {400, 422}
    assert set(folder_of_uploads.parent.iterdir()) == before
    assert not list(folder_of_uploads.iterdir())


BODIES = (
    b"",
    b"--" + BOUNDARY.encode(),
    b"term=%",
    b"\xff\xfe\x00",
    b"term=" + b"\xed\xa0\x80",
    f"--{BOUNDARY}\r\nContent-Disposition: form-data\r\n\r\n".encode(),
    b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;',
)
KINDS = (
    *(MULTIPART_CONTENT, "multipart/form-data", "application/x-www-form-urlencoded"),
    *("application/json", "text/xml", "x", "a;b"),
)


def as_read(body: bytes, kind: str) -> str:
    """All that any form of ours reads of a body: its fields and files, or why there are none."""
    request = RequestFactory().generic("POST", "/", body, kind)
    try:
        return repr((list(request.POST.lists()), list(request.FILES.lists())))
    except (BadRequest, MultiPartParserError) as error:
        return type(error).__name__


def read_alike() -> dict[str, list[tuple[bytes, str]]]:
    """Every body of every kind, under what is read of it."""
    alike: dict[str, list[tuple[bytes, str]]] = {}
    for body, kind in product(BODIES, KINDS):
        alike.setdefault(as_read(body, kind), []).append((body, kind))
    return alike


@pytest.mark.parametrize("read", read_alike())
def test_a_broken_body_is_no_failure(scene: Scene, read: str) -> None:
    """Forms cannot tell bodies apart that are read alike, so these take turns at the forms."""
    alike = read_alike()[read]
    assert len(alike) <= len(FORMS)
    for number, form in enumerate(FORMS):
        body, kind = alike[number % len(alike)]
        answer: Any = scene.browser(form.role).generic("POST", form.way(scene), body, kind)
        assert answer.status_code < 500, (form.name, body, kind)


@pytest.mark.parametrize(
    "cookie", ["", "x" * 8000, "../../etc/passwd", "12345678\x0012345678", '"\\000' * 8, "' OR 1=1"]
)
def test_a_cookie_of_anything_is_a_stranger(scene: Scene, cookie: str) -> None:
    browser = scene.browser(None)
    browser.cookies["sessionid"] = cookie
    answer = browser.get("/targets/")
    assert answer.status_code == 302


@pytest.mark.parametrize("header", ["user-agent", "accept-language", "referer", "x-forwarded-for"])
@pytest.mark.parametrize("value", ["\x00", "x" * 20_000, "<script>alert(1)</script>", "王" * 500])
def test_a_header_of_anything_is_no_failure(scene: Scene, header: str, value: str) -> None:
    for role in (None, Role.SECURITY_ADMIN):
        answer = scene.browser(role).get("/account/", headers={header: value})
        assert answer.status_code in {200, 302}
        assert "<script>alert" not in answer.content.decode()


@pytest.fixture
def folder_of_uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Path:
    """An empty folder in which uploads and temporary files would be kept."""
    folder = tmp_path / "uploads"
    folder.mkdir()
    settings.FILE_UPLOAD_TEMP_DIR = settings.MEDIA_ROOT = str(folder)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder
