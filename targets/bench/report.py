"""What was measured, as a table for people and as docs/performance.md."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parents[2] / "docs"
RESULTS = DOCS / "performance"
HEADINGS = ("项目", "行数", "秒", "下限（秒）", "倍数", "内存峰值（MB）", "下限是什么")
OPENING = """# 速度

由 `make bench ARGS="snapshot --rows 77000 700000 7000000 --write"` 生成，不手改；
说明写在 `docs/performance/*.notes.md`。

每一项与同一台机器、同一次运行、同样设置下数据库至少要花的时间（下限）相比：
绝对秒数随机器变，倍数不变。数据由 `targets/bench/registers.sql` 生成，装好后 ANALYZE，
先热身一次，取三次中最快的一次。
"""


def table(lines: Sequence[Mapping[str, Any]]) -> list[str]:
    """The lines as rows of a markdown table, readable in a terminal too."""
    rows = [f"| {' | '.join(HEADINGS)} |", f"|{'---|' * len(HEADINGS)}"]
    for line in lines:
        cells = (
            line["name"],
            f"{line['rows']:,}",
            f"{line['seconds']:.3f}",
            f"{line['floor_seconds']:.3f}",
            f"{line['ratio']:.2f}",
            f"{line['peak_mb']:.0f}",
            line["floor"],
        )
        rows.append(f"| {' | '.join(cells)} |")
    return rows


def machine(facts: Mapping[str, Any]) -> str:
    """The machine and its settings in one line."""
    return "、".join(f"{name}={value}" for name, value in facts.items())


def write(name: str, facts: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> Path:
    """Keep this benchmark's results and make docs/performance.md anew from all that are kept."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    kept = {"machine": dict(facts), "lines": [dict(line) for line in lines]}
    text = json.dumps(kept, ensure_ascii=False, indent=1)
    (RESULTS / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    page = DOCS / "performance.md"
    page.write_text(composed(), encoding="utf-8")
    return page


def composed() -> str:
    """The whole page, from the results and notes kept in docs/performance."""
    parts = [OPENING]
    for path in sorted(RESULTS.glob("*.json")):
        kept = json.loads(path.read_text(encoding="utf-8"))
        notes = path.with_suffix(".notes.md")
        parts.append(f"## {path.stem}\n\n机器与设置：{machine(kept['machine'])}\n")
        parts.append("\n".join(table(kept["lines"])) + "\n")
        if notes.exists():
            parts.append(notes.read_text(encoding="utf-8"))
    return "\n".join(parts)
