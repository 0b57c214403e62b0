"""What a password must be like, asked when one is set."""

from __future__ import annotations

import secrets
import string

from django.conf import settings
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    get_default_password_validators,
    validate_password,
)
from django.core.exceptions import ValidationError

from yiyang.access.models import PasswordRecord, User

CLASSES_NEEDED = 3
# 太短的名字（如单字）到处都会碰上，不拿来比。
SHORTEST_NAME = 2
SHORTEST_LATIN_NAME = 3
ONE_TIME_LENGTH = 16
LETTERS = "23456789abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"  # 不含易混的 0Oo1lI


class LengthByRole:
    """Longer for administrators, who can do more harm."""

    def __init__(self, length: int = 8, administrators: int = 12) -> None:
        self.length = length
        self.administrators = administrators

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise unless the password is long enough for the account's role."""
        is_administrator = user is not None and user.definition.is_administrator
        needed = self.administrators if is_administrator else self.length
        if len(password) < needed:
            who = "管理员的口令" if is_administrator else "口令"
            raise ValidationError(f"{who}至少 {needed} 个字符，请加长。", code="too_short")

    def get_help_text(self) -> str:
        """Say the rule before it is broken."""
        return f"至少 {self.length} 个字符，管理员至少 {self.administrators} 个"


class CharacterClasses:
    """Three of: capital letters, small letters, digits, anything else."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise when fewer classes occur."""
        if len({_class_of(letter) for letter in password}) < CLASSES_NEEDED:
            raise ValidationError(
                "口令须含大写字母、小写字母、数字、其他字符四类中的至少三类。", code="too_plain"
            )

    def get_help_text(self) -> str:
        """Say the rule before it is broken."""
        return "含大写字母、小写字母、数字、其他字符四类中的至少三类"


class WithoutOwnName:
    """Whoever knows the person tries the person's names first."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise when the password contains the account's name, its holder's or their number."""
        if user is None:
            return
        folded = password.casefold()
        for name in (user.username, user.display_name, user.staff_number):
            shortest = SHORTEST_LATIN_NAME if name.isascii() else SHORTEST_NAME
            if len(name) >= shortest and name.casefold() in folded:
                raise ValidationError("口令不得含用户名、姓名或工号，请换一个。", code="own_name")

    def get_help_text(self) -> str:
        """Say the rule before it is broken."""
        return "不含用户名、姓名、工号"


class NotCommon(CommonPasswordValidator):
    """The twenty thousand passwords tried first, with digits and marks hung on as well."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise when the password, or its core, is among them."""
        bare = password.strip(string.digits + string.punctuation)
        for candidate in (password, bare):
            super().validate(candidate, user)

    def get_error_message(self) -> str:
        """Tell what to do."""
        return "这个口令太常见，最先被人试到，请换一个。"

    def get_help_text(self) -> str:
        """Say the rule before it is broken."""
        return "不是常见口令"


class NotUsedBefore:
    """The last passwords are not taken up again, the present one included."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise when the password is one of the account's last."""
        if user is None or user.pk is None:
            return
        last = PasswordRecord.objects.of(user)[: settings.PASSWORD_HISTORY]
        if any(record.is_of(password) for record in last):
            raise ValidationError(
                f"最近 {settings.PASSWORD_HISTORY} 次用过的口令不得再用，请换一个。",
                code="used_before",
            )

    def password_changed(self, password: str, user: User | None = None) -> None:
        """Remember the new password's hash; Django calls this when the account has been saved."""
        if user is None or user.pk is None or user.password_set_on is None:
            return
        PasswordRecord.objects.create(
            user=user, password=user.password, set_on=user.password_set_on
        )
        kept = PasswordRecord.objects.of(user).values("pk")[: settings.PASSWORD_HISTORY]
        PasswordRecord.objects.filter(user=user).exclude(pk__in=kept).delete()

    def get_help_text(self) -> str:
        """Say the rule before it is broken."""
        return f"不是最近 {settings.PASSWORD_HISTORY} 次用过的"


def one_time_password(user: User) -> str:
    """Think up a password that meets the account's rules, for the holder to change at once."""
    while True:
        password = "".join(secrets.choice(LETTERS) for _ in range(ONE_TIME_LENGTH))
        try:
            validate_password(password, user)
        except ValidationError:
            continue
        return password


def rules_in_words() -> list[str]:
    """Every rule, as the page shows them before anything is typed."""
    return [rule.get_help_text() for rule in get_default_password_validators()]


def _class_of(letter: str) -> str:
    if letter in string.ascii_uppercase:
        return "upper"
    if letter in string.ascii_lowercase:
        return "lower"
    return "digit" if letter in string.digits else "other"
