"""What a token opens, from where, until when, and what everything else is answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils import timezone

from institutions.tests.factories import make_elderly
from targets.tests.factories import City, make_city
from yiyang.access.actions import disable_account
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user
from yiyang.api.authentication import FAILURES_A_MINUTE
from yiyang.api.models import ApiToken, ApiTokenUse
from yiyang.api.tokens import digest_of, revoke_token, rotate_token
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.models import AuditEvent
from yiyang.changelog.context import SYSTEM, recorded
from yiyang.changelog.models import ChangeEntry
from yiyang.tests.api.callers import API, Caller, make_caller

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_counts() -> Iterator[None]:
    """Every test counts its calls from zero."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def city() -> City:
    return make_city()


def code_of(answer: Any) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def every_path() -> list[str]:
    """Every address below the API's prefix, any key in the place of one."""
    parts = get_resolver().url_patterns
    [api] = [one for one in parts if isinstance(one, URLResolver) and one.namespace == "api"]
    patterns = api.url_patterns
    return [re.sub(r"<[^>]+>", "1", str(one.pattern)) for one in patterns]


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic eA==", "Token x"])
def test_without_a_token_nothing_is_told_anywhere(header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    for path in every_path():
        if path.startswith("^"):
            continue
        answer = Client().get(f"{API}{path}", headers=headers)
        assert code_of(answer) == (401, "not_authenticated"), path
        assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_wrong_token_a_spent_one_and_a_stopped_account_are_told_alike(city: City) -> None:
    today = timezone.localdate()
    wrong = make_caller()
    wrong.text = wrong.text[:-1] + ("0" if wrong.text[-1] != "0" else "1")
    spent = make_caller(on=today - timedelta(days=10), days=9)
    stopped = make_caller()
    disable_account(by=SYSTEM, user=stopped.token.user, on=today)
    answers = [one.get("regions/") for one in (wrong, spent, stopped)]
    assert {code_of(answer) for answer in answers} == {(401, "bad_token")}
    assert len({tuple(sorted(set(answer.json()) - {"request_id"})) for answer in answers}) == 1


def test_the_last_day_still_opens(city: City) -> None:
    caller = make_caller(on=timezone.localdate() - timedelta(days=9), days=9)
    assert caller.get("regions/").status_code == 200


def test_from_another_network_it_opens_nothing(city: City) -> None:
    assert code_of(make_caller(networks=["10.1.2.0/24"]).get("regions/")) == (403, "wrong_network")
    caller = make_caller(networks=["10.1.2.0/24", "127.0.0.1"])
    assert caller.get("regions/").status_code == 200


def test_a_resource_not_on_the_token_is_refused(city: City) -> None:
    caller = make_caller(reads=["beds"])
    assert caller.get("beds/").status_code == 200
    assert code_of(caller.get("institutions/")) == (403, "out_of_scope")


def test_a_districts_token_reads_its_district_only(city: City) -> None:
    here, there = make_elderly(city.east_street), make_elderly(city.west_street)
    caller = make_caller(regions=[city.east.code])
    assert [one["code"] for one in caller.results("institutions/")] == [here.code]
    assert code_of(caller.get(f"institutions/{there.code}/")) == (404, "not_found")
    answer = caller.get("institutions/", {"region": city.west.code})
    assert code_of(answer) == (400, "invalid")


def test_only_a_client_account_may_hold_one() -> None:
    for role in set(Role) - {Role.CIVIL_AFFAIRS_CLIENT}:
        with pytest.raises(ValidationError, match="民政接口"):
            make_caller(user=open_user(role))


def test_an_account_given_another_role_loses_its_tokens_reach(city: City) -> None:
    caller = make_caller()
    with recorded(by=SYSTEM, reason="调任"):
        users = User.objects.filter(pk=caller.token.user_id)
        users.update(role=Role.LEADER, staff_number="W1")
    assert code_of(caller.get("regions/")) == (401, "bad_token")


def test_a_successor_opens_at_once_and_the_old_one_for_some_days(city: City) -> None:
    today = timezone.localdate()
    old = make_caller(regions=[city.east.code])
    new, text = rotate_token(
        by=SYSTEM,
        token=old.token,
        on=today,
        expires_on=today + timedelta(days=90),
        overlap_days=3,
    )
    successor = Caller(new, text)
    assert old.get("regions/").status_code == successor.get("regions/").status_code == 200
    assert [one.region.code for one in new.regions.all()] == [city.east.code]
    assert ApiToken.objects.get(pk=old.token.pk).expires_on == today + timedelta(days=3)
    with pytest.raises(ValidationError, match="接替"):
        rotate_token(by=SYSTEM, token=old.token, on=today, expires_on=today, overlap_days=0)


def test_one_taken_back_opens_nothing_more(city: City) -> None:
    caller = make_caller()
    revoke_token(by=SYSTEM, token=caller.token, at=timezone.now(), reason="疑似泄露")
    assert code_of(caller.get("regions/")) == (401, "bad_token")
    with pytest.raises(ValidationError, match="收回"):
        revoke_token(by=SYSTEM, token=caller.token, at=timezone.now(), reason="再收")


def test_the_database_holds_no_text_of_a_token(city: City) -> None:
    caller = make_caller()
    kept = ApiToken.objects.values().get(pk=caller.token.pk)
    assert caller.text not in str(kept)
    assert kept["digest"] == digest_of(caller.text)
    logged = ChangeEntry.objects.filter(change__table_name="yiyang_apitoken").values("after")
    assert kept["digest"] not in str(list(logged))


def test_every_call_is_on_record_with_its_token_and_without_its_text(city: City) -> None:
    caller = make_caller()
    paths = ("regions/", "regions/1/", "nowhere/")
    numbers = [caller.get(path, {"q": "欧阳兰芝"}).headers["X-Request-ID"] for path in paths]
    events = AuditEvent.objects.filter(request_id__in=numbers).order_by("id")
    assert [(one.outcome, one.details["status"]) for one in events] == [
        (Outcome.ALLOWED, 200),
        (Outcome.DENIED, 400),
        (Outcome.DENIED, 404),
    ]
    assert {one.kind for one in events} == {EventKind.API_CALL}
    assert {one.subject for one in events} <= {f"yiyang_apitoken:{caller.token.pk}", ""}
    written = str(list(events.values()))
    assert caller.text not in written
    assert "欧阳兰芝" not in written


def test_the_last_use_is_kept(city: City) -> None:
    caller = make_caller()
    caller.get("regions/")
    used = ApiTokenUse.objects.get(token=caller.token)
    assert used.network == "127.0.0.1"
    assert timezone.now() - used.used_at < timedelta(minutes=1)


def test_more_calls_than_allowed_are_told_to_wait(city: City, settings: Any) -> None:
    settings.API_CALLS_PER_MINUTE = 3
    caller = make_caller()
    answers = [caller.get("regions/") for _ in range(4)]
    assert [one["RateLimit-Remaining"] for one in answers] == ["2", "1", "0", "0"]
    assert code_of(answers[-1]) == (429, "throttled")
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60
    assert make_caller().get("regions/").status_code == 200


def test_whoever_guesses_is_slowed_down(city: City) -> None:
    guesser = make_caller()
    right, guesser.text = guesser.text, "yy_guess"
    for _ in range(FAILURES_A_MINUTE):
        assert guesser.get("regions/").status_code == 401
    guesser.text = right
    assert code_of(guesser.get("regions/")) == (429, "throttled")


def test_a_session_opens_nothing_of_the_api(city: City) -> None:
    client = Client()
    client.force_login(open_user(Role.CITY_HEALTH_CLERK))
    assert code_of(client.get(f"{API}regions/")) == (401, "not_authenticated")


def test_the_command_issues_one_and_says_what_is_wrong(city: City, capsys: Any) -> None:
    user = open_user(Role.CIVIL_AFFAIRS_CLIENT)
    asked = ["--name", "同步", "--network", "127.0.0.1"]
    call_command("issue_api_token", user.username, *asked, "--read", "all")
    text = capsys.readouterr().out.strip()
    assert Caller(ApiToken.objects.get(), text).get("regions/").status_code == 200
    with pytest.raises(CommandError, match="没有“nothing”这项"):
        call_command("issue_api_token", user.username, *asked, "--read", "nothing")
    with pytest.raises(CommandError, match="不是网段"):
        call_command("issue_api_token", user.username, "--name", "x", "--network", "here")
    with pytest.raises(CommandError, match="没有用户名为"):
        call_command("issue_api_token", "nobody", *asked)


def test_it_cannot_last_longer_than_the_setting(settings: Any) -> None:
    settings.API_TOKEN_MAX_DAYS = 30
    make_caller(days=30)
    with pytest.raises(ValidationError, match="最长 30 天"):
        make_caller(days=31)
