"""Accounts of the portal: one role each, no superuser, never deleted."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from yiyang.access.fields import INTERNAL, PERSONAL_RESTRICTED, FieldClass
from yiyang.access.roles import ROLES, Permission, Role, RoleDefinition
from yiyang.access.scope import Holding, Own, RowScope, ScopedQuerySet

USERNAME_PATTERN = r"^[a-z][a-z0-9._-]{2,63}$"
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
    role = models.CharField("角色", max_length=40, choices=Role.choices)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("下次登录须改口令", default=True)
    disabled_on = models.DateField("停用日期", null=True, blank=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name", "role"]
    objects = UserManager()

    row_scope: ClassVar[RowScope] = Holding(Permission.MANAGE_ACCOUNTS) | Own("pk")
    field_classes: ClassVar[dict[str, FieldClass]] = {
        "id": INTERNAL,
        "password": PERSONAL_RESTRICTED,
        "last_login": INTERNAL,
        "username": INTERNAL,
        "display_name": INTERNAL,
        "role": INTERNAL,
        "is_active": INTERNAL,
        "must_change_password": INTERNAL,
        "disabled_on": INTERNAL,
    }

    class Meta:
        verbose_name = "账号"
        verbose_name_plural = "账号"
        constraints = (
            # 角色只有一列：三员互斥、不兼业务，由表结构保证。
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
