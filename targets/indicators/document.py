"""The catalogue as a document that people review and sign."""

from __future__ import annotations

from targets.indicators.base import Indicator, Tally
from targets.indicators.catalogue import CATALOGUE

HEADER = """# 指标目录

本页由 `manage.py write_indicator_doc` 按 `targets/indicators/catalogue.py` 生成，请勿手改。
指纹是口径文字与计数规则合在一起的 SHA-256 前 12 位，随每次量度一并存档。
"""


def as_markdown() -> str:
    """Every reading of every indicator, in catalogue order."""
    return "\n".join([HEADER, *(_section(record) for record in CATALOGUE)])


def _section(record: Indicator) -> str:
    lines = [
        f"## {record.code} · {record.reading} — {record.title}（{record.reading_title}）",
        "",
        f"- 统计范围：{record.population}",
        f"- 分子：{record.numerator_text}",
    ]
    if record.is_ratio:
        lines.append(f"- 分母：{record.denominator_text}")
    reasons = _reasons(record.numerator)
    if reasons:
        lines.append(f"- 排除：{'、'.join(reasons)}")
    lines += [
        f"- 说明：{record.definition}",
        f"- 单位：{record.measure}；{record.direction}",
        f"- 来源：{record.source}",
        f"- 拟定：{record.author}；复核：{record.checker}；复核日期：{record.reviewed_on}",
        f"- 指纹：`{record.digest[:12]}`",
        "",
    ]
    return "\n".join(lines)


def _reasons(tallies: tuple[Tally, ...]) -> list[str]:
    return list(dict.fromkeys(rule.reason for tally in tallies for rule in tally.excluding))
