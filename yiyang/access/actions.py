"""Everything that is done to accounts."""

import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django_otp.plugins.otp_totp.models import TOTPDevice

from yiyang.access.account_sessions import end_sessions
from yiyang.access.departures import depart
from yiyang.access.lockout import forget_failures
from yiyang.access.models import SessionEnd, User
from yiyang.access.passwords import one_time_password
from yiyang.access.roles import Role
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.recording import Details, record
from yiyang.changelog.context import SYSTEM, Recorder, recorded

OWN = "不能办理自己的账号，请由另一位安全管理员办理。"
WRONG_CODE = "验证码不对。请核对手机时间是否自动校准，再填最新的 6 位数字。"
NO_REASON = "请写明变更角色的原因。"
PASSWORD_FIELDS = ["password", "password_set_on", "must_change_password"]


def open_account(
    *,
    by: Recorder,
    username: str,
    display_name: str,
    staff_number: str,
    role: Role,
    password: str,
    on: datetime.date,
    must_change_password: bool = True,
) -> User:
    """Open an account with a password that meets the rules; ValidationError says what does not."""
    user = User(
        username=username,
        display_name=display_name,
        staff_number=staff_number,
        role=role,
        password_set_on=on,
        must_change_password=must_change_password,
    )
    user.full_clean(exclude=["password"])
    validate_password(password, user)
    user.set_password(password)
    with recorded(by=by, reason="开设账号"):
        _save(user, is_new=True)
    audit_account(by, user, "open", details={"role": role.value})
    return user


def set_password(
    *, by: Recorder, user: User, password: str, must_change: bool, on: datetime.date
) -> None:
    """Give the account a new password; every session under the old one ends."""
    validate_password(password, user)
    user.set_password(password)
    user.must_change_password, user.password_set_on = must_change, on
    with recorded(by=by, reason="重设口令"):
        user.save(update_fields=PASSWORD_FIELDS)
        end_sessions(user, SessionEnd.PASSWORD)
    audit_account(by, user, "password")


def reset_password(*, by: Recorder, user: User, on: datetime.date) -> str:
    """Give someone else a password to be changed at once; it is returned and kept nowhere."""
    refuse_own(by, user)
    password = one_time_password(user)
    set_password(by=by, user=user, password=password, must_change=True, on=on)
    return password


def change_role(*, by: Recorder, user: User, role: Role, reason: str) -> None:
    """Give someone else another role; whoever becomes administrator chooses a longer password."""
    refuse_own(by, user)
    if not reason.strip():
        raise ValidationError(NO_REASON)
    before, user.role = user.definition, role
    if user.definition.is_administrator and not before.is_administrator:
        user.must_change_password = True
    user.full_clean()
    with recorded(by=by, reason=reason.strip()):
        _save(user, fields=["role", "must_change_password"])
        end_sessions(user, SessionEnd.ROLE)
    audit_account(by, user, "role", reason=reason, details={"role": role.value})


def disable_account(*, by: Recorder, user: User, on: datetime.date) -> None:
    """Close the account of someone who left: sessions, tokens and all, at once."""
    refuse_own(by, user)
    user.is_active, user.disabled_on = False, on
    with recorded(by=by, reason="停用账号"):
        _save(user, fields=["is_active", "disabled_on"])
        end_sessions(user, SessionEnd.DISABLED)
        depart(user)
    audit_account(by, user, "disable")


def enable_account(*, by: Recorder, user: User) -> None:
    """Open a closed account again; its holder must choose a new password."""
    refuse_own(by, user)
    user.is_active, user.disabled_on, user.must_change_password = True, None, True
    user.full_clean()
    with recorded(by=by, reason="启用账号"):
        _save(user, fields=["is_active", "disabled_on", "must_change_password"])
    audit_account(by, user, "enable")


def unlock_account(*, by: Recorder, user: User) -> None:
    """Let an account locked for failed sign-ins try again."""
    forget_failures(user.username)
    audit_account(by, user, "unlock")


def set_code_device(*, by: Recorder, user: User, key: str) -> TOTPDevice:
    """Make `key` (hex) the account's only source of codes."""
    with recorded(by=by, reason="绑定动态验证码"):
        TOTPDevice.objects.filter(user=user).exclude(key=key).delete()
        device, is_new = TOTPDevice.objects.get_or_create(
            user=user, key=key, defaults={"name": "手机", "confirmed": True}
        )
    if is_new:
        audit_account(by, user, "code_device")
    return device


def enrol_code_device(*, by: User, key: str, code: str, keep: str) -> TOTPDevice:
    """Bind one's own phone once it shows the right code; other sessions than `keep` end."""
    with recorded(by=by, reason="绑定动态验证码"):
        device = TOTPDevice.objects.create(user=by, key=key, name="手机", confirmed=True)
        # 验过的这个码记在设备上，不能马上再拿来登录；不对则整笔退回。
        if not device.verify_token(code):
            raise ValidationError(WRONG_CODE)
        TOTPDevice.objects.filter(user=by).exclude(pk=device.pk).delete()
        end_sessions(by, SessionEnd.CODE_DEVICE, but=keep)
    audit_account(by, by, "code_device")
    return device


def reset_code_device(*, by: Recorder, user: User) -> None:
    """Take someone else's source of codes away; their next sign-in leads to a new one only."""
    refuse_own(by, user)
    with recorded(by=by, reason="重置动态验证码"):
        TOTPDevice.objects.filter(user=user).delete()
        end_sessions(user, SessionEnd.CODE_DEVICE)
    audit_account(by, user, "code_device_reset")


def refuse_own(by: Recorder, user: User) -> None:
    """Raise when somebody looks after their own account."""
    if _actor_id(by) == user.pk:
        raise ValidationError(OWN)


def _save(user: User, *, fields: list[str] | None = None, is_new: bool = False) -> None:
    """Save; what another administrator did in the same moment is told as a form would tell it."""
    try:
        user.save(force_insert=is_new, update_fields=fields)
    except IntegrityError as error:
        told = getattr(error.__cause__, "diag", None)
        if told is None or not (told.constraint_name or "").startswith("user_"):
            raise
        constraints = {rule.name: rule.violation_error_message for rule in User._meta.constraints}
        # 不在表中的是触发器说的，它自己就说中文。
        message = constraints.get(told.constraint_name, told.message_primary)
        raise ValidationError(message) from error


def audit_account(
    by: Recorder, user: User, change: str, *, reason: str = "", details: Details | None = None
) -> None:
    """Keep in the audit what was done to an account, once it is done."""
    record(
        kind=EventKind.ACCOUNT_CHANGE,
        actor_id=_actor_id(by),
        outcome=Outcome.ALLOWED,
        subject=f"yiyang_user:{user.pk}",
        reason=reason,
        details={"change": change, **(details or {})},
    )


def _actor_id(by: Recorder) -> int | None:
    if by is SYSTEM:
        return None
    return by.pk if isinstance(by, User) else by.user_id
