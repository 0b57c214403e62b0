"""Everything that is done to accounts."""

import datetime

from django.contrib.auth.password_validation import validate_password
from django_otp.plugins.otp_totp.models import TOTPDevice

from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.changelog.context import Recorder, recorded


def open_account(
    *,
    by: Recorder,
    username: str,
    display_name: str,
    role: Role,
    password: str,
    must_change_password: bool = True,
) -> User:
    """Open an account with a password that meets the rules; ValidationError says what does not."""
    user = User(
        username=username,
        display_name=display_name,
        role=role,
        must_change_password=must_change_password,
    )
    validate_password(password, user)
    user.set_password(password)
    user.full_clean()
    with recorded(by=by, reason="开设账号"):
        user.save(force_insert=True)
    return user


def set_password(*, by: Recorder, user: User, password: str, must_change: bool) -> None:
    """Give the account a new password; sessions under the old one end with their next request."""
    validate_password(password, user)
    user.set_password(password)
    user.must_change_password = must_change
    with recorded(by=by, reason="重设口令"):
        user.save(update_fields=["password", "must_change_password"])


def disable_account(*, by: Recorder, user: User, on: datetime.date) -> None:
    """Close the account of someone who left; open sessions see nothing from now on."""
    user.is_active = False
    user.disabled_on = on
    with recorded(by=by, reason="停用账号"):
        user.save(update_fields=["is_active", "disabled_on"])


def set_code_device(*, by: Recorder, user: User, key: str) -> None:
    """Make `key` (hex) the account's only source of codes."""
    with recorded(by=by, reason="绑定动态验证码"):
        TOTPDevice.objects.filter(user=user).exclude(key=key).delete()
        TOTPDevice.objects.get_or_create(
            user=user, key=key, defaults={"name": "手机", "confirmed": True}
        )
