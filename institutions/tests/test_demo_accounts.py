"""The demo's accounts: one per role, known to one file that only its owner reads."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django_otp.oath import TOTP
from pytest_django import Settings

from institutions.management.commands.demo_accounts import new_account, write_accounts
from institutions.models import InstitutionGrant, Region, RegionGrant, RegionLevel
from yiyang.access.models import User
from yiyang.access.roles import ROLES, Role

pytestmark = pytest.mark.django_db
CITY, DISTRICT = "150300000000", "150302000000"


@pytest.fixture(autouse=True)
def demo(settings: Settings, tmp_path: Path) -> Path:
    settings.DEMO = True
    settings.PORTAL_REGION = CITY
    settings.BASE_DIR = tmp_path
    # 十三个口令逐个用 Argon2 太慢；散列算法本身在 access 的测试里查。
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    for code, level in ((CITY, RegionLevel.CITY), (DISTRICT, RegionLevel.DISTRICT)):
        Region.objects.get_or_create(code=code, defaults={"name": code, "level": level})
    return tmp_path / "var" / "demo-accounts.json"


def run(path: Path) -> dict[str, dict[str, Any]]:
    call_command("demo_accounts", verbosity=0)
    return {account["role"]: account for account in json.loads(path.read_text())}


def test_there_is_one_account_per_role_in_the_agreed_form(demo: Path) -> None:
    accounts = run(demo)
    assert set(accounts) == set(Role.values)
    for account in accounts.values():
        assert set(account) == {"role", "username", "password", "totp_secret"}
        needs = ROLES[Role(account["role"])].needs_second_factor
        assert bool(account["totp_secret"]) is needs
    assert len({account["password"] for account in accounts.values()}) == len(Role)


def test_only_the_owner_may_read_the_file(demo: Path) -> None:
    run(demo)
    assert demo.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in demo.parent.iterdir()] == [demo.name]


def test_every_account_signs_in_as_the_file_says(demo: Path) -> None:
    statuses = {role: sign_in_status(account) for role, account in run(demo).items()}
    assert statuses == dict.fromkeys(Role.values, 200)


def sign_in_status(account: dict[str, Any]) -> int:
    """Sign in in a browser of its own and return how the account page answers."""
    client, secret = Client(), account["totp_secret"]
    code = f"{TOTP(base64.b32decode(secret)).token():06d}" if secret else ""
    fields = {"username": account["username"], "password": account["password"], "otp_token": code}
    client.post("/account/sign-in?next=/account/", fields)
    return client.get("/account/").status_code


def test_a_second_run_changes_nothing(demo: Path) -> None:
    first, users = run(demo), list(User.objects.order_by("pk").values())
    grants = RegionGrant.objects.count()
    assert run(demo) == first
    assert list(User.objects.order_by("pk").values()) == users
    assert RegionGrant.objects.count() == grants


def test_a_lost_file_means_new_passwords_for_the_same_accounts(demo: Path) -> None:
    first, users = run(demo), set(User.objects.values_list("pk", flat=True))
    demo.unlink()
    second = run(demo)
    assert set(User.objects.values_list("pk", flat=True)) == users
    for role, account in second.items():
        assert account["password"] != first[role]["password"]
        user = User.objects.get(username=account["username"])
        assert user.check_password(account["password"])
        assert user.totpdevice_set.count() == bool(account["totp_secret"])


def test_a_new_database_is_filled_from_the_file(demo: Path) -> None:
    accounts = [new_account(role) for role in Role]
    write_accounts(demo, accounts)
    assert list(run(demo).values()) == accounts
    for account in accounts:
        assert User.objects.get(username=account["username"]).check_password(account["password"])


def test_a_spoilt_file_is_told_and_kept(demo: Path) -> None:
    demo.parent.mkdir()
    demo.write_text("[{")
    with pytest.raises(CommandError, match="已损坏"):
        run(demo)
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("role", "code"),
    [
        (Role.DISTRICT_HEALTH_CLERK, DISTRICT),
        (Role.DISTRICT_CIVIL_AFFAIRS_CLERK, DISTRICT),
        (Role.CITY_HEALTH_REVIEWER, CITY),
        (Role.LEADER, CITY),
        (Role.AUDIT_ADMIN, None),
        (Role.INSTITUTION_REPORTER, None),
    ],
)
def test_a_role_is_granted_its_region(demo: Path, role: Role, code: str | None) -> None:
    run(demo)
    granted = RegionGrant.objects.filter(user__role=role).values_list("region__code", flat=True)
    assert list(granted) == ([code] if code else [])


def test_a_city_without_institutions_leaves_the_reporter_bare(demo: Path) -> None:
    run(demo)
    assert not InstitutionGrant.objects.exists()


def test_outside_the_demo_no_account_is_opened(demo: Path, settings: Settings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="不是演示环境"):
        run(demo)
    assert not User.objects.exists()
    assert not demo.exists()


def test_without_its_region_nothing_is_opened_and_the_order_is_told(
    demo: Path, settings: Settings
) -> None:
    settings.PORTAL_REGION = "999900000000"
    with pytest.raises(CommandError, match="load_demo_city"):
        run(demo)
    assert not User.objects.exists()
