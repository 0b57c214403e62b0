"""What the application role may do with each table."""

from enum import StrEnum
from fnmatch import fnmatch


class Right(StrEnum):
    """A table privilege the application may hold; TRUNCATE is never among them."""

    SELECT = "SELECT"
    INSERT = "INSERT"
    UPDATE = "UPDATE"
    DELETE = "DELETE"


# 变更日志由触发器以属主身份写，应用只读：谁也不能从应用里改写历史。
READ_ONLY = (
    "django_migrations",
    "targets_snapshot",
    "yiyang_change",
    "yiyang_changeentry",
    "yiyang_changenumber",
    "yiyang_changepending",
)
# 只增不改：统计结果、所用口径与查阅记录。
APPEND_ONLY = (
    "contracts_destructionitem",
    "contracts_personexport",
    "contracts_reveal",
    "targets_bulletinevent",
    "targets_indicatordefinition",
    "targets_paper",
    "targets_planfigure",
    "targets_proposalevent",
    "targets_qualityfinding",
    "targets_correctionline",
    "targets_regionfigures",
    "targets_returnedition",
    "targets_returnevent",
    "targets_runpart",
    "targets_supervisionevent",
    "targets_taskreport",
    "yiyang_access*",
    "yiyang_audit*",
)
# 草稿里的条款、目标、任务可以删去；已发布的由触发器挡住。
PARTS_OF_DRAFTS = (
    "targets_milestone",
    "targets_policyclause",
    "targets_policytask",
    "targets_returncheck",
    "targets_returnitem",
    "targets_target",
    "targets_taskbureau",
)
# 会话、登录失败计数、动态口令设备、太久以前的口令散列：到期即删；常用筛选由本人删。
# 个人密钥不在其列：只能经
# contracts_destroy_person()，凭另一人确认过的计划逐人销毁。
DELETABLE = (
    "axes_*",
    "django_session",
    # 导入的文件与预览是办事中的草稿，满了天数就清除；登记本身不在此列。
    "institutions_importpage",
    "institutions_importpiece",
    "otp_*",
    "targets_planstep",
    "yiyang_passwordrecord",
    *PARTS_OF_DRAFTS,
    # 了结已久的变更通知：只说过编号，不是登记。
    "yiyang_delivery",
    "yiyang_savedfilter",
    # 带幂等键的答复满了天数就忘掉。
    "yiyang_apianswer",
)


def rights(table: str) -> frozenset[Right]:
    """Return what the application may do with this table; business rows are never deleted."""
    if _is_listed(table, READ_ONLY):
        return frozenset({Right.SELECT})
    if _is_listed(table, APPEND_ONLY):
        return frozenset({Right.SELECT, Right.INSERT})
    if _is_listed(table, DELETABLE):
        return frozenset(Right)
    return frozenset(Right) - {Right.DELETE}


def _is_listed(table: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch(table, pattern) for pattern in patterns)
