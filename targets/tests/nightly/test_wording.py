"""The few sentences of a report: what they say first, and what is left out where room is short."""

from __future__ import annotations

from typing import Any

import pytest

from targets.nightly.wording import LIMIT, text_of
from targets.tests.factories import City
from targets.tests.nightly.report_scene import make_reported

STANDING = "截至2026年11月24日，测试市现行目标9项，达标1项、未达标或落后3项、未到期或不判定5项。"


def telling(**parts: Any) -> dict[str, Any]:
    """A content with nothing to tell but where the city stands, and `parts`."""
    return {
        "as_of": "2026-11-24",
        "region": {"name": "测试市"},
        "mark": "",
        "counts": {"all": 9, "met": 1, "behind": 3, "other": 5},
        **{name: [] for name in ("newly_lost", "newly_met", "districts_lost", "districts_met")},
        **{name: [] for name in ("gaps", "lapses", "sentences")},
        "lapsing": 0,
        "findings": {"totals": [{"count": 0}]},
        **parts,
    }


def gap(number: int, *names: str, ways: str = "") -> dict[str, Any]:
    return {
        "title": f"第{number}项指标占比",
        "gap": f"还差 {number} 家",
        "ways": ways,
        "candidates": [{"name": name} for name in names],
    }


def turned(*titles: str, region: str = "测试市") -> list[dict[str, str]]:
    return [{"title": title, "region": region} for title in titles]


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({}, ""),
        ({"newly_lost": turned("甲")}, "新增未达标或落后：甲。"),
        ({"newly_lost": turned(*"甲乙丙")}, "新增未达标或落后：甲、乙、丙。"),
        ({"newly_lost": turned(*"甲乙丙丁")}, "新增未达标或落后4项：甲、乙、丙等。"),
        ({"newly_met": turned("甲")}, "新达标：甲。"),
        ({"districts_lost": turned("甲", region="东区")}, "分区新增未达标或落后：东区甲。"),
        ({"gaps": [gap(3, "子", "丑", "寅")]}, "第3项指标占比还差3家，最近的是子、丑。"),
        ({"gaps": [gap(3)]}, "第3项指标占比还差3家。"),
        # 床位差多少，不是问哪家没有报：说两种补法。
        ({"gaps": [gap(3, "子", ways="改造须3张")]}, "第3项指标占比还差3家：改造须3张。"),
        ({"lapsing": 2}, "30天内2家（份）到期。"),
        ({"lapses": [{"title": "甲", "below_on": "2026-12-01"}]}, "不续则甲跌破目标。"),
        ({"findings": {"totals": [{"count": 3}]}}, "严重的数据问题3条，请先办。"),
        ({"sentences": ["甲从1家增加到2家，增长1倍"]}, "甲从1家增加到2家，增长1倍。"),
    ],
)
def test_what_a_leader_asks_first(parts: dict[str, Any], told: str) -> None:
    assert text_of(telling(**parts)) == STANDING + told


def test_a_region_without_targets_says_so() -> None:
    counts = {"all": 0, "met": 0, "behind": 0, "other": 0}
    assert text_of(telling(counts=counts)) == "截至2026年11月24日，测试市没有现行目标。"


LONG = "某某旗某某苏木某某嘎查某某社区医养结合综合服务中心附属康复护理院"


@pytest.mark.parametrize("behind", [1, 3, 40])
def test_what_lapses_and_what_is_wrong_are_never_crowded_out(behind: int) -> None:
    """机构名称再长、落后的再多，也说得到到期与数据问题；挤掉的先是候选机构。"""
    text = text_of(
        telling(
            newly_lost=turned(*(f"第{n}项指标占比" for n in range(behind))),
            gaps=[gap(n, LONG, LONG) for n in range(behind)],
            lapsing=12,
            findings={"totals": [{"count": 3}]},
            sentences=["第1项指标占比从61.2%提高到63.5%，提高2.3个百分点"] * 40,
        )
    )
    assert len(text) <= LIMIT
    assert "第0项指标占比还差0家" in text
    assert "30天内12家（份）到期。严重的数据问题3条，请先办。" in text


def test_names_go_to_as_many_gaps_as_there_is_room_for() -> None:
    gaps = [gap(1, "甲" * 60, "乙" * 60), gap(2, "子" * 10, "丑" * 50), gap(3, "寅" * 90)]
    assert text_of(telling(gaps=gaps)) == (
        f"{STANDING}第1项指标占比还差1家，最近的是{'甲' * 60}。"
        f"第2项指标占比还差2家，最近的是{'子' * 10}。第3项指标占比还差3家。"
    )


def test_a_report_tells_of_its_own_day(city: City) -> None:
    text = make_reported(city).report().content["text"]
    title = "开设老年人绿色通道的医疗机构占比"
    assert text.startswith("截至2020年11月30日，测试市现行目标1项，未达标或落后1项。")
    assert f"新增未达标或落后：{title}。分区新增未达标或落后：东区{title}。" in text
    assert "还差1家" in text
