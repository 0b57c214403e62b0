"""Accounts for tests, with required fields only."""

from itertools import count

from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from yiyang.access.models import User
from yiyang.access.roles import Role

PASSWORD = "蓝色-Harbour-47-kite"
KEY = "3132333435363738393031323334353637383930"
numbers = count(1)


def open_user(role: Role, *, with_code: bool = False) -> User:
    """Save an account of the role whose password is PASSWORD."""
    number = next(numbers)
    user = User(
        username=f"user-{number}",
        display_name="测试账号",
        staff_number=f"T-{number}",
        role=role,
        password_set_on=timezone.localdate(),
        must_change_password=False,
    )
    user.set_password(PASSWORD)
    user.save()
    if with_code:
        TOTPDevice.objects.create(user=user, key=KEY, name="手机", confirmed=True)
    return user


def code_now(*, later_steps: int = 0) -> str:
    """Return the six digits the phone of a user opened with_code shows."""
    totp = TOTP(bytes.fromhex(KEY), drift=later_steps)
    return f"{totp.token():06d}"
