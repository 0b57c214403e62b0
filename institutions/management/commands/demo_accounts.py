"""Open one demo account per role and write how to sign in to var/demo-accounts.json."""

import base64
import datetime
import json
import os
import secrets
from pathlib import Path
from typing import Any, TypedDict

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from institutions.models import InstitutionGrant, InstitutionProfile, Region, RegionGrant
from yiyang.access.actions import open_account, set_code_device, set_password
from yiyang.access.demo import demo_name
from yiyang.access.models import User
from yiyang.access.passwords import one_time_password
from yiyang.access.roles import ROLES, Role
from yiyang.changelog.context import SYSTEM, recorded

DEMO_DISTRICT = "150302000000"  # 海勃湾区
SECRET_BYTES = 20
REASON = "演示账号"


class Account(TypedDict):
    """One entry of the file; the names are read by whoever drives the demo."""

    role: str
    username: str
    password: str
    totp_secret: str | None


class Command(BaseCommand):
    help = "每个角色开一个演示账号，登录方法写在 var/demo-accounts.json（仅本用户可读）。"

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "这不是演示环境（DEMO 未开），不开演示账号。正式账号由安全管理员开设。"
            )
        path = accounts_file()
        remembered = read_accounts(path)
        today = timezone.localdate()
        kept = {account["role"]: account for account in remembered if is_current(account, today)}
        accounts = [kept.get(role.value) or new_account(role) for role in Role]
        # 先写文件后改库：中途断了，再跑一次即按文件补齐，不会有无人知道的口令。
        if accounts != remembered:
            write_accounts(path, accounts)
        with transaction.atomic():
            for account in accounts:
                grant(ensure(account, today), today)
        self.stdout.write(f"演示账号 {len(accounts)} 个，登录方法见 {path}")


def accounts_file() -> Path:
    """Return where the sign-ins are written, outside version control."""
    return Path(settings.BASE_DIR) / "var" / "demo-accounts.json"


def new_account(role: Role) -> Account:
    """Think up a sign-in for the role."""
    username = demo_name(role)
    secret = base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()
    return Account(
        role=role.value,
        username=username,
        password=one_time_password(User(role=role, username=username)),
        totp_secret=secret if ROLES[role].needs_second_factor else None,
    )


def read_accounts(path: Path) -> list[Account]:
    """Return what an earlier run wrote; nothing when the file is lost."""
    try:
        accounts: list[Account] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except ValueError:
        raise CommandError(f"{path} 已损坏；请删除它再运行，口令会重新生成。") from None
    return accounts


def is_current(account: Account, day: datetime.date) -> bool:
    """Tell whether the entry still opens the account: it fits the rules, and is not too old."""
    role = account["role"]
    if role not in Role.values:
        return False
    user = User.objects.filter(username=account["username"]).first()
    if user is not None and (
        user.owes_password(day) or not user.check_password(account["password"])
    ):
        return False  # 在页面上改过或到期了：另想一个，旧的已不许再用。
    needed = ROLES[Role(role)].needs_second_factor
    return meets_rules(account) and needed == bool(account["totp_secret"])


def meets_rules(account: Account) -> bool:
    """Tell whether an earlier demo's password still meets the rules of today."""
    try:
        validate_password(account["password"], holder(account))
    except ValidationError:
        return False
    return True


def holder(account: Account) -> User:
    """Return the account as it is to be opened, not saved."""
    role = Role(account["role"])
    return User(
        username=account["username"],
        display_name=f"演示{role.label}",
        staff_number=f"DEMO-{[*Role].index(role) + 1:02d}",
        role=role,
    )


def write_accounts(path: Path, accounts: list[Account]) -> None:
    """Write the file whole, readable by its owner only from the first byte."""
    path.parent.mkdir(exist_ok=True)
    draft = path.with_suffix(".part")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(accounts, file, ensure_ascii=False, indent=2)
    draft.replace(path)


def ensure(account: Account, day: datetime.date) -> User:
    """Make the database agree with the file: open the account, or reset what differs."""
    user: User | None = User.objects.filter(username=account["username"]).first()
    if user is None:
        new = holder(account)
        user = open_account(
            by=SYSTEM,
            username=new.username,
            display_name=new.display_name,
            staff_number=new.staff_number,
            role=Role(new.role),
            password=account["password"],
            on=day,
            must_change_password=False,
        )
    elif not user.check_password(account["password"]):
        password = account["password"]
        set_password(by=SYSTEM, user=user, password=password, must_change=False, on=day)
    if account["totp_secret"]:
        key = base64.b32decode(account["totp_secret"]).hex()
        set_code_device(by=SYSTEM, user=user, key=key)
    return user


def grant(user: User, day: datetime.date) -> None:
    """Give the account the region or the institution its role works for."""
    definition = ROLES[Role(user.role)]
    if definition.is_administrator:
        return
    if user.role == Role.INSTITUTION_REPORTER:
        grant_institution(user, day)
        return
    code = settings.PORTAL_REGION if definition.whole_city else DEMO_DISTRICT
    region = Region.objects.filter(code=code).first()
    if region is None:
        raise CommandError(f"没有区划 {code}；请先载入演示城市（load_demo_city），再开演示账号。")
    if not RegionGrant.objects.on(day).filter(user=user, region=region).exists():
        with recorded(by=SYSTEM, reason=REASON):
            RegionGrant.objects.create(user=user, region=region, starts_on=day)


def grant_institution(user: User, day: datetime.date) -> None:
    """Give the reporter an operating health institution; a city without any leaves it bare."""
    if InstitutionGrant.objects.on(day).filter(user=user).exists():
        return
    operating = InstitutionProfile.objects.on(day).open().health_side()
    profile = operating.order_by("institution__code").first()
    if profile is not None:
        with recorded(by=SYSTEM, reason=REASON):
            InstitutionGrant.objects.create(
                user=user, institution_id=profile.institution_id, starts_on=day
            )
