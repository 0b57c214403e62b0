"""What a bulletin says: the golden texts of a small city, worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from docx import Document

from institutions.models import PopulationGroup
from institutions.tests.factories import make_population
from targets.bulletins.actions import amend_bulletin
from targets.bulletins.chosen import offered_targets, refuse_unfit
from targets.bulletins.printing import parts_of, printed
from targets.bulletins.signed import word_of
from targets.bulletins.texts import numbers_elsewhere
from targets.charts import png
from targets.models import Bulletin, PolicyDocument, Target
from targets.tests.bulletins.scene import Desks
from targets.tests.page_scene import make_target, store_run

TITLE = "开设老年人绿色通道的医疗机构占比"
STANDING = """截至2021年1月31日，列入通报的目标共1项：未达标1项。
开设老年人绿色通道的医疗机构占比为66.67%（6家中有4家），目标不低于80%，未达标；\
到期日2017年12月31日为66.67%，未达标。"""


def test_the_words_are_written_from_the_figures_of_the_run(desks: Desks) -> None:
    bulletin = desks.drafted()
    assert bulletin.opening == (
        "为推动医养结合各项目标任务落实，根据《现行意见》（测政发〔2017〕8号），"
        "现将测试市有关指标截至2021年1月31日的情况通报如下。"
    )
    assert bulletin.standing == STANDING
    heading, told = bulletin.lacking.split("\n")
    assert heading == f"（一）{TITLE}"
    # 全市 4/6，要 80% 须 5 家；东区 3/4 须 4 家，西区 1/2 须 2 家。
    assert told.startswith(
        "测试市现为66.67%，目标不低于80%，还差1家。各区中，东区还差1家、西区还差1家。"
        "最接近达到要求的有：东区测试机构"
    )
    # 机构登记在东街道，通报说的是东区。
    assert "，没有开通绿色通道" in told
    assert bulletin.issuer == "测试市卫生健康委员会"
    assert bulletin.content["run"] == desks.run().pk


def test_a_year_before_is_compared_where_that_day_was_measured(desks: Desks) -> None:
    store_run(desks.scene.city.city, date(2020, 1, 31))
    assert desks.drafted().content["lines"][0]["change"] == "与上年同期持平，为66.67%"


def test_the_end_of_february_is_compared_with_the_end_of_february(desks: Desks) -> None:
    """与日报同一条规则：月末对月末。"""
    city = desks.scene.city.city
    store_run(city, date(2020, 2, 28), ("DUAL",))
    store_run(city, date(2020, 2, 29))
    run = store_run(city, date(2021, 2, 28))
    assert desks.drafted(run=run).content["lines"][0]["change"] == "与上年同期持平，为66.67%"


def test_of_people_no_list_is_made(desks: Desks) -> None:
    city = desks.scene.city
    make_population(city.city, PopulationGroup.AGED_65, 40)
    signed = make_target(desks.target.policy, city.city, "FD17", 3)
    Target.objects.filter(pk=signed.pk).update(judged_reading="aged_65_plus")
    run = store_run(city.city, date(2021, 2, 1), ("FD17",))
    targets = list(Target.objects.filter(pk=signed.pk))
    (gap,) = desks.drafted(run=run, targets=targets).content["gaps"]
    assert (gap["gap"], gap["candidates"], gap["more"]) == ("还差 32 人", [], 0)


def test_targets_of_one_figure_are_told_apart_by_their_year(desks: Desks) -> None:
    later = make_target(desks.target.policy, desks.scene.city.city, "GC17", 3)
    Target.objects.filter(pk=later.pk).update(due_on=date(2030, 12, 31))
    targets = list(Target.objects.filter(policy=desks.target.policy))
    titles = [line["title"] for line in desks.drafted(targets=targets).content["lines"]]
    assert titles == [f"{TITLE}（2017年目标）", f"{TITLE}（2030年目标）"]


@pytest.mark.parametrize(("with_ranking", "told"), [(False, 3), (True, 4)])
def test_districts_are_ranked_only_if_switched_on(
    desks: Desks, with_ranking: bool, told: int
) -> None:
    sections = printed(desks.drafted(with_ranking=with_ranking))["sections"]
    assert [section["heading"][:2] for section in sections] == ["一、", "二、", "三、", "四、"][
        :told
    ]
    ranked = [one for one in sections if one["heading"].endswith("各区排名")]
    assert bool(ranked) is with_ranking
    if with_ranking:
        assert ranked[0]["parts"] == [
            {"text": f"{TITLE}：第1位东区，75%；第2位西区，50%。", "level": 0}
        ]


def test_the_day_of_feedback_ends_the_demands(desks: Desks) -> None:
    sections = printed(desks.drafted(feedback_by=date(2021, 3, 5)))["sections"]
    assert sections[-1]["parts"][-1]["text"] == (
        "请于2021年3月5日前将整改情况书面报测试市卫生健康委员会。"
    )


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("（一）机构", 2),
        ("（十一）机构", 2),
        ("1.医院", 3),
        ("（1）医院", 4),
        ("（一）这一句有句号。", 0),
        ("普通一段", 0),
    ],
)
def test_short_numbered_lines_are_headings(line: str, level: int) -> None:
    assert parts_of(f"\r\n{line}\n\n") == [{"text": line, "level": level}]


def test_numbers_that_are_not_the_runs_are_pointed_out(desks: Desks) -> None:
    bulletin = desks.drafted()
    assert numbers_elsewhere(STANDING, bulletin.content) == []
    assert numbers_elsewhere("全市已达66.67%，新增125家，增长24%", bulletin.content) == [
        "125",
        "24%",
    ]


# ── 失效的政策（rules.md 2） ───────────────────────────────────────────────────

END = date(2020, 12, 31)


@pytest.mark.parametrize(
    ("day", "title", "is_past"),
    [
        (END, "关于绿色通道的通报", False),
        (END + timedelta(days=1), "关于绿色通道历史情况的通报", True),
        (END + timedelta(days=1), "关于绿色通道的通报", None),
        (date(2017, 2, 9), "关于绿色通道的通报", False),
        (date(2017, 2, 8), "关于绿色通道历史情况的通报", None),
    ],
)
def test_past_targets_need_a_title_that_says_so_from_the_day_after_the_end(
    desks: Desks, day: date, title: str, is_past: bool | None
) -> None:
    targets = [desks.scene.target]
    if is_past is None:
        with pytest.raises(ValidationError):
            refuse_unfit(targets, day, title)
    else:
        assert refuse_unfit(targets, day, title) is is_past


def test_without_a_target_there_is_nothing_to_tell() -> None:
    with pytest.raises(ValidationError, match="请至少选一项目标"):
        refuse_unfit([], END, "通报")


@pytest.mark.parametrize(
    ("day", "standing"),
    [
        (date(2017, 2, 8), "　统计日尚未印发"),
        (date(2017, 2, 9), "　待核实"),
        (END, "　待核实"),
        (END + timedelta(days=1), "　统计日已失效"),
    ],
)
def test_a_target_is_offered_with_the_standing_of_its_policy(
    desks: Desks, day: date, standing: str
) -> None:
    headings = [heading for heading, _ in offered_targets(day)]
    assert f"《测试实施意见》（测政发〔2017〕1号）{standing}" in headings


def test_past_targets_are_refused_for_the_run_itself(desks: Desks) -> None:
    with pytest.raises(ValidationError) as refused:
        desks.drafted(targets=[desks.scene.target])
    assert "历史情况" in refused.value.message_dict["title"][0]


def test_history_keeps_its_verdict_of_the_due_day_and_asks_for_nothing_now(desks: Desks) -> None:
    bulletin = desks.drafted(targets=[desks.scene.target], title="绿色通道历史情况通报")
    assert bulletin.is_historical
    assert "政策已失效，不再判定；到期日2017年12月31日为66.67%，未达标。" in bulletin.standing
    assert bulletin.content["gaps"] == []
    assert "只反映历史情况" in bulletin.opening


def test_the_title_of_history_keeps_saying_so(desks: Desks) -> None:
    bulletin = desks.drafted(targets=[desks.scene.target], title="绿色通道历史情况通报")
    with pytest.raises(ValidationError, match="须保留"):
        amend_bulletin(by=desks.actor("clerk"), bulletin=bulletin, said={"title": "通报"})
    said = {"title": " 历史情况通报 ", "addressee": "各区人民政府："}
    amend_bulletin(by=desks.actor("clerk"), bulletin=bulletin, said=said)
    bulletin.refresh_from_db()
    # 冒号由版式印，拟稿人自己写的去掉。
    assert (bulletin.title, bulletin.addressee) == ("历史情况通报", "各区人民政府")


def test_the_database_itself_wants_the_title(desks: Desks) -> None:
    bulletin = desks.drafted(targets=[desks.scene.target], title="绿色通道历史情况通报")
    with pytest.raises(IntegrityError), transaction.atomic():
        Bulletin.objects.filter(pk=bulletin.pk).update(title="绿色通道通报")


def test_a_policy_signed_later_asked_for_nothing_then(desks: Desks) -> None:
    PolicyDocument.objects.filter(slug="current-policy").update(signed_on=date(2021, 2, 1))
    with pytest.raises(ValidationError, match="还没有印发"):
        desks.drafted(targets=[Target.objects.get(pk=desks.target.pk)], title="历史情况通报")


# ── Word ──────────────────────────────────────────────────────────────────────


def test_the_manuscript_reads_from_marking_to_charts(desks: Desks) -> None:
    bulletin = desks.drafted(copied_to="测试市卫生健康委员会")
    document = Document(BytesIO(word_of(bulletin)))
    lines = [(p.style.name, p.text) for p in document.paragraphs if p.style and p.text]
    assert lines[:5] == [
        ("文头", "送审稿"),
        ("主送机关", "发文字号：\t签发人："),
        ("公文标题", "关于绿色通道开设情况的通报"),
        ("主送机关", "各区人民政府："),
        ("公文正文", bulletin.opening),
    ]
    told = [line for line in lines if line[0] in ("一级标题", "二级标题", "附件说明", "附件说明续")]
    assert told == [
        ("一级标题", "一、总体情况"),
        ("一级标题", "二、存在差距"),
        ("二级标题", f"（一）{TITLE}"),
        ("一级标题", "三、下一步要求"),
        ("附件说明", "附件：1. 指标完成情况一览表"),
        ("附件说明续", "2. 差距与最接近达到要求的机构清单"),
        ("附件说明续", "3. 各区指标情况图"),
    ]
    # 成文日期由公文系统填：只留空格。
    assert ("成文日期", "年　　月　　日") in lines
    assert ("注释", "抄送：测试市卫生健康委员会") in lines
    assert not [text for _, text in lines if "{" in text or "%}" in text]


def test_the_annexes_hold_the_figures(desks: Desks) -> None:
    document = Document(BytesIO(word_of(desks.drafted())))
    own, districts, candidates = (
        [[cell.text for cell in row.cells] for row in table.rows] for table in document.tables
    )
    assert own[1:] == [
        ["1", TITLE, "测政发〔2017〕8号 二（二）", "66.67%", "4/6", "≥80%", "未达标", "1家"]
    ]
    assert [row[2:] for row in districts[1:]] == [
        ["东区", "75.00%", "3/4", "≥80%", "未达标", "1家"],
        ["西区", "50.00%", "1/2", "≥80%", "未达标", "1家"],
    ]
    assert [row[5] for row in candidates[1:3]] == ["没有开通绿色通道"] * 2
    assert len(document.inline_shapes) == 1


def test_a_server_without_a_chinese_font_says_so_where_the_chart_would_be(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(png, "draws_chinese", lambda _dirs: False)
    document = Document(BytesIO(word_of(desks.drafted())))
    assert len(document.inline_shapes) == 0
    assert png.NOT_DRAWN in [paragraph.text for paragraph in document.paragraphs]
