"""Passwords, codes, session keys and tokens stand in no log, no address and no audit event."""

from __future__ import annotations

import logging
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from yiyang.access.roles import Role
from yiyang.access.tests.accounts import PASSWORD
from yiyang.audit.models import AuditEvent
from yiyang.lib.logs import JsonFormatter
from yiyang.tests.attacks.addresses import ADDRESSES
from yiyang.tests.attacks.forms import forms_in
from yiyang.tests.attacks.scene import ID_NUMBER, NAME, Scene
from yiyang.tests.attacks.valid import FORMS

CODE = "918273"
LEADING = {"href", "src", "action", "hx-get", "hx-post"}
OWN_SECRETS = ("csrfmiddlewaretoken", "sessionid", "token", "password", "otp_token", "term")


def visit_everything(scene: Scene) -> None:
    """Sign in and fail to, open every address, post every form."""
    account = scene.accounts[Role.LEADER]
    for password in (PASSWORD, f"{PASSWORD}x"):
        data = {"username": account.username, "password": password, "otp_token": CODE}
        scene.browser(None).post("/account/sign-in", data)
    for form in FORMS:
        scene.browser(form.role).post(form.way(scene), form.filled(scene))
        scene.browser(form.role).get(f"{form.way(scene)}?term={ID_NUMBER}&password={PASSWORD}")
    scene.browser(None).get(f"/nowhere/?sessionid={scene.sessions[Role.LEADER]}")


def test_the_logs_hold_nothing_that_opens_a_door(
    scene: Scene, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    with caplog.at_level(logging.DEBUG):
        visit_everything(scene)
    written = "\n".join(JsonFormatter().format(record) for record in caplog.records)
    assert written
    secrets = [PASSWORD, CODE, NAME, ID_NUMBER, *scene.sessions.values()]
    secrets += [settings.SECRET_KEY, settings.DIGEST_KEY, *settings.FIELD_KEYS.values()]
    assert not [secret for secret in secrets if secret in written]


def test_the_audit_holds_nothing_that_opens_a_door(scene: Scene) -> None:
    last = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    visit_everything(scene)
    events = list(AuditEvent.objects.filter(pk__gt=last))
    assert events
    written = "\n".join(f"{event.subject} {event.reason} {event.details}" for event in events)
    for secret in (PASSWORD, CODE, NAME, ID_NUMBER, *scene.sessions.values()):
        assert secret not in written


class Addresses(HTMLParser):
    """Collects every address a page leads to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [
            value for name, value in attrs if name in {"href", "src", "action"} and value
        ]


def test_no_address_on_any_page_holds_a_secret_or_leads_elsewhere(scene: Scene) -> None:
    """What stands in an address goes into histories, proxies' logs and the Referer."""
    for address in ADDRESSES:
        if address.is_post or not address.open_to:
            continue
        role = min(address.open_to)
        answer = scene.browser(role).get(address.way(scene))
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            continue
        page = answer.content.decode()
        reader = Addresses()
        reader.feed(page)
        for found in reader.found:
            parts = urlsplit(found)
            assert parts.netloc == "" or parts.scheme == "data", found
            assert not set(parse_qs(parts.query)) & set(OWN_SECRETS), found
            assert scene.sessions[role] not in found
        for form in forms_in(page, address.path(scene)):
            assert form.is_post or not set(form.fields) & set(OWN_SECRETS), address.name


def test_a_session_key_in_an_address_opens_nothing(scene: Scene) -> None:
    key = scene.sessions[Role.CITY_HEALTH_REVIEWER]
    for way in (f"/persons/?sessionid={key}", f"/persons/;sessionid={key}"):
        assert scene.browser(None).get(way).status_code in {302, 404}
    headers = {"authorization": f"Bearer {key}", "x-session-id": key}
    assert scene.browser(None).get("/persons/", headers=headers).status_code == 302


def test_no_error_page_tells_how_the_portal_is_made(scene: Scene, settings: Any) -> None:
    for way in ("/nowhere/", "/persons/", "/%00", "/institutions/999999999/"):
        page = scene.browser(Role.LEADER).get(way).content.decode()
        for told in ("Traceback", "django", "psycopg", "yiyang/", settings.SECRET_KEY, "Python"):
            assert told not in page.replace("医养结合", "")
