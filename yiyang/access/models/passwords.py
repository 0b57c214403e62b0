"""The hashes of an account's last passwords, kept so that they are not taken up again."""

from __future__ import annotations

from typing import ClassVar, Self

from django.contrib.auth.hashers import check_password
from django.db import models

from yiyang.access.fields import FieldClass, classify
from yiyang.access.models.users import User
from yiyang.access.scope import Nobody, RowScope, ScopedQuerySet


class PasswordRecordQuerySet(ScopedQuerySet["PasswordRecord"]):
    def of(self, user: User) -> Self:
        """The account's passwords, the latest first."""
        return self.filter(user=user).order_by("-id")


class PasswordRecord(models.Model):
    """One password an account has had, as a hash."""

    user = models.ForeignKey(User, models.PROTECT, related_name="passwords", verbose_name="账号")
    password = models.CharField("口令散列", max_length=128)
    set_on = models.DateField("设定日期")

    objects = PasswordRecordQuerySet.as_manager()

    row_scope: ClassVar[RowScope] = Nobody()
    field_classes: ClassVar[dict[str, FieldClass]] = classify(
        internal=("id", "user", "set_on"), restricted=("password",)
    )

    class Meta:
        verbose_name = verbose_name_plural = "历史口令"

    def __str__(self) -> str:
        return f"账号{self.user_id} {self.set_on}"

    def is_of(self, password: str) -> bool:
        """Tell whether this is the hash of the password."""
        return check_password(password, self.password)
