"""Accounts of the portal: one role each, no superuser, never deleted."""

import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from yiyang.access.fields import INTERNAL, PERSONAL_RESTRICTED, FieldClass
from yiyang.access.roles import ROLES, Permission, Role, RoleDefinition
from yiyang.access.scope import Holding, Own, RowScope, ScopedQuerySet

USERNAME_PATTERN = r"^[a-z][a-z0-9._-]{2,63}$"
STAFF_NUMBER_PATTERN = r"^[A-Z0-9][A-Z0-9-]{1,31}$"
STAFF_NUMBER_MESSAGE = "工号由 2—32 个大写字母、数字、短横组成；一人一号，换角色不换号。"
ONE_ACCOUNT = (
    "该工号已有启用的账号。一人只能有一个启用的账号，三员之间、三员与业务角色之间都不得兼任；"
    "请先停用原账号。"
)
USERNAME_MESSAGE = "用户名须以小写字母开头，由 3—64 个小写字母、数字、点、横线、下划线组成。"


class UserQuerySet(ScopedQuerySet["User"]):
    def enabled(self) -> "UserQuerySet":
        return self.filter(is_active=True)

    def in_role(self, role: Role) -> "UserQuerySet":
        return self.filter(role=role)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Accounts are found by their lower-case name, so that Zhang and zhang are one account."""

    def get_by_natural_key(self, username: str | None) -> "User":
        user: User = self.get(username=(username or "").strip().lower())
        return user


class User(AbstractBaseUser):
    """One account of one person or one system, holding exactly one role."""

    username = models.CharField(
        "用户名",
        max_length=64,
        unique=True,
        validators=[RegexValidator(USERNAME_PATTERN, USERNAME_MESSAGE)],
        error_messages={"unique": "已有同名账号，请换一个用户名。"},
    )
    display_name = models.CharField("姓名", max_length=50)
    # 持有人，而非账号：靠它保证同一个人不会同时拿着两个角色。接口账号没有持有人。
    staff_number = models.CharField(
        "工号",
        max_length=32,
        blank=True,
        validators=[RegexValidator(STAFF_NUMBER_PATTERN, STAFF_NUMBER_MESSAGE)],
    )
    role = models.CharField("角色", max_length=40, choices=Role.choices)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("下次登录须改口令", default=True)
    password_set_on = models.DateField("口令设定日期", null=True, blank=True)
    disabled_on = models.DateField("停用日期", null=True, blank=True)

    # 最近登录看会话表：登录不是账号的变更，不该在变更日志里各占一行。
    last_login = None

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name", "role"]
    objects = UserManager()

    row_scope: ClassVar[RowScope] = Holding(Permission.MANAGE_ACCOUNTS) | Own("pk")
    field_classes: ClassVar[dict[str, FieldClass]] = {
        "id": INTERNAL,
        "password": PERSONAL_RESTRICTED,
        "username": INTERNAL,
        "display_name": INTERNAL,
        "staff_number": INTERNAL,
        "role": INTERNAL,
        "is_active": INTERNAL,
        "must_change_password": INTERNAL,
        "password_set_on": INTERNAL,
        "disabled_on": INTERNAL,
    }

    class Meta:
        verbose_name = "账号"
        verbose_name_plural = "账号"
        constraints = (
            # 一个账号一个角色，一个人一个启用的账号：三员互斥、不兼业务，经办与审核也不同人。
            models.UniqueConstraint(
                fields=["staff_number"],
                condition=Q(is_active=True) & ~Q(staff_number=""),
                name="user_one_account_per_holder",
                violation_error_message=ONE_ACCOUNT,
            ),
            models.CheckConstraint(
                name="user_holder_known",
                condition=Q(staff_number__regex=STAFF_NUMBER_PATTERN)
                | Q(staff_number="", role=Role.CIVIL_AFFAIRS_CLIENT),
                violation_error_message=f"除接口账号外都须填持有人的工号。{STAFF_NUMBER_MESSAGE}",
            ),
            models.CheckConstraint(
                name="user_role_known",
                condition=Q(role__in=Role.values),
                violation_error_message="角色不在角色表中，请从列表选择。",
            ),
            models.CheckConstraint(
                name="user_username_form",
                condition=Q(username__regex=USERNAME_PATTERN),
                violation_error_message=USERNAME_MESSAGE,
            ),
            models.CheckConstraint(
                name="user_disabled_has_day",
                condition=Q(is_active=True, disabled_on=None)
                | Q(is_active=False, disabled_on__isnull=False),
                violation_error_message="停用账号须填停用日期，启用账号须清空停用日期。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.display_name}（{self.username}）"

    @property
    def definition(self) -> RoleDefinition:
        return ROLES[Role(self.role)]

    @property
    def needs_second_factor(self) -> bool:
        return self.definition.needs_second_factor

    def password_is_old(self, day: datetime.date) -> bool:
        """Tell whether the password is past its age on the day; one without a date is."""
        if self.password_set_on is None:
            return True
        age = datetime.timedelta(days=settings.PASSWORD_MAX_AGE_DAYS)
        return day > self.password_set_on + age

    def owes_password(self, day: datetime.date) -> bool:
        """Tell whether nothing but choosing a new password is open to the account."""
        return self.must_change_password or self.password_is_old(day)
