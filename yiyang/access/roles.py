"""What each role may do, as one frozen table read like law (rules.md 24)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from django.db.models import TextChoices


class Role(TextChoices):
    INSTITUTION_REPORTER = "institution_reporter", "机构填报员"
    DISTRICT_HEALTH_CLERK = "district_health_clerk", "区卫健经办"
    DISTRICT_HEALTH_REVIEWER = "district_health_reviewer", "区卫健审核"
    CITY_HEALTH_CLERK = "city_health_clerk", "市卫健经办"
    CITY_HEALTH_REVIEWER = "city_health_reviewer", "市卫健审核"
    DISTRICT_CIVIL_AFFAIRS_CLERK = "district_civil_affairs_clerk", "区民政经办"
    CITY_CIVIL_AFFAIRS_CLERK = "city_civil_affairs_clerk", "市民政经办"
    CIVIL_AFFAIRS_CLIENT = "civil_affairs_client", "民政接口"
    BUREAU_LIAISON = "bureau_liaison", "部门联络员"
    LEADER = "leader", "领导"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDIT_ADMIN = "audit_admin", "审计管理员"


class Permission(StrEnum):
    VIEW_TARGETS = "view_targets"
    VIEW_INSTITUTIONS = "view_institutions"
    VIEW_AGREEMENTS = "view_agreements"
    VIEW_PERSONS = "view_persons"  # 姓名、证件号、电话始终脱敏
    VIEW_RESTRICTED = "view_restricted"  # 计生特殊家庭等个人限制类（rules.md 26）
    REVEAL_PERSON = "reveal_person"  # 注明理由后看一人一项明文
    EDIT_HEALTH = "edit_health"
    EDIT_ELDERLY = "edit_elderly"
    REPORT_OWN = "report_own"  # 只填报本机构
    UPDATE_TASKS = "update_tasks"  # 只更新本部门任务
    REVIEW = "review"
    MANAGE_POLICIES = "manage_policies"
    SIGN_PAPERS = "sign_papers"  # 分管领导同意、主要领导签发
    EXPORT = "export"
    EXPORT_PERSONS = "export_persons"
    VIEW_AUDIT = "view_audit"
    VIEW_REVEAL_TOTALS = "view_reveal_totals"  # 明文查看的月度汇总，不含人
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_SYSTEM = "manage_system"


P = Permission
ADMINISTRATION = frozenset({P.VIEW_AUDIT, P.VIEW_REVEAL_TOTALS, P.MANAGE_ACCOUNTS, P.MANAGE_SYSTEM})
REGISTERS = frozenset({P.VIEW_TARGETS, P.VIEW_INSTITUTIONS, P.VIEW_AGREEMENTS})
HEALTH_REGISTERS = REGISTERS | {P.VIEW_PERSONS, P.EXPORT}


@dataclass(frozen=True, slots=True)
class RoleDefinition:
    """One row of the role table."""

    title: str
    permissions: frozenset[Permission]
    whole_city: bool

    @property
    def is_administrator(self) -> bool:
        return bool(self.permissions & ADMINISTRATION)

    @property
    def needs_second_factor(self) -> bool:
        """Derived, so that giving a role the right to reveal can never forget the second factor."""
        return self.is_administrator or P.REVEAL_PERSON in self.permissions


def _define(role: Role, permissions: frozenset[Permission], *, whole_city: bool) -> RoleDefinition:
    return RoleDefinition(str(role.label), permissions, whole_city)


# whole_city=False 的角色只看授权区划（含下级）与授权机构；三员不办业务，也不看任何登记。
_PERMISSIONS: Mapping[Role, tuple[frozenset[Permission], bool]] = {
    Role.INSTITUTION_REPORTER: (REGISTERS | {P.REPORT_OWN}, False),
    Role.DISTRICT_HEALTH_CLERK: (HEALTH_REGISTERS | {P.EDIT_HEALTH, P.REVEAL_PERSON}, False),
    Role.DISTRICT_HEALTH_REVIEWER: (
        HEALTH_REGISTERS | {P.REVIEW, P.REVEAL_PERSON, P.EXPORT_PERSONS},
        False,
    ),
    Role.CITY_HEALTH_CLERK: (HEALTH_REGISTERS | {P.EDIT_HEALTH, P.MANAGE_POLICIES}, True),
    Role.CITY_HEALTH_REVIEWER: (
        HEALTH_REGISTERS | {P.REVIEW, P.REVEAL_PERSON, P.EXPORT_PERSONS, P.VIEW_RESTRICTED},
        True,
    ),
    Role.DISTRICT_CIVIL_AFFAIRS_CLERK: (REGISTERS | {P.EDIT_ELDERLY, P.EXPORT}, False),
    Role.CITY_CIVIL_AFFAIRS_CLERK: (REGISTERS | {P.EDIT_ELDERLY, P.EXPORT}, True),
    Role.CIVIL_AFFAIRS_CLIENT: (REGISTERS | {P.EDIT_ELDERLY}, True),
    Role.BUREAU_LIAISON: (frozenset({P.VIEW_TARGETS, P.UPDATE_TASKS}), True),
    Role.LEADER: (frozenset({P.VIEW_TARGETS, P.EXPORT, P.SIGN_PAPERS}), True),
    Role.SYSTEM_ADMIN: (frozenset({P.MANAGE_SYSTEM}), False),
    Role.SECURITY_ADMIN: (frozenset({P.MANAGE_ACCOUNTS, P.VIEW_REVEAL_TOTALS}), False),
    Role.AUDIT_ADMIN: (frozenset({P.VIEW_AUDIT}), False),
}
ROLES: Mapping[Role, RoleDefinition] = MappingProxyType(
    {
        role: _define(role, permissions, whole_city=whole_city)
        for role, (permissions, whole_city) in _PERMISSIONS.items()
    }
)
