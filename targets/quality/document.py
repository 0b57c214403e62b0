"""The checks as a document that people review and sign."""

from __future__ import annotations

from targets.quality.base import Check
from targets.quality.catalogue import CHECKS

HEADER = """# 数据质量检查目录

本页由 `manage.py write_quality_doc` 按 `targets/quality/catalogue.py` 生成，请勿手改。
每次量度都按统计日逐项检查，条数按区划随批次存档，只增不改；在区划树上找不到位置的记录算在全市头上。
"""


def as_markdown() -> str:
    """Every check, in catalogue order."""
    return "\n".join([HEADER, *(_section(check) for check in CHECKS)])


def _section(check: Check) -> str:
    columns = "、".join(column.heading for column in check.columns)
    personal = "；涉及个人，只显示编号前 8 位" if check.is_personal else ""
    return "\n".join(
        [
            f"## {check.id} — {check.title}",
            "",
            f"- 程度：{check.severity.label}；由{check.owner.label}处理",
            f"- 为什么要紧：{check.why}",
            f"- 怎么办：{check.remedy}",
            f"- 清单列：{columns}{personal}",
            "",
        ]
    )
