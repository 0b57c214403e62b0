"""What a report says, cell by cell, of a city measured on two days."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from contracts.models import Person
from contracts.tests.factories import make_known_person, make_signup, make_team
from institutions.models import GreenChannel, PopulationGroup
from institutions.tests.factories import LONG_AGO, make_population
from targets.models import Paper, PaperKind, Target
from targets.nightly import lapses
from targets.nightly.districts import told_districts
from targets.nightly.lines import compared_lines
from targets.nightly.making import make_reports
from targets.nightly.spans import Span
from targets.nightly.word import lapse_text
from targets.papers.archiving import archive, fingerprint_of, is_intact
from targets.papers.reader import paper_reader
from targets.papers.sentences import MINUS
from targets.tests.factories import City
from targets.tests.nightly.report_scene import TODAY, Reported, close_channel, make_reported
from targets.tests.page_scene import make_target, store_run
from yiyang.changelog.context import SYSTEM


@pytest.fixture
def reported(city: City) -> Reported:
    return make_reported(city)


def test_a_line_says_what_is_asked_what_is_and_what_was(reported: Reported) -> None:
    (line,) = reported.report().content["lines"]
    assert {name: line[name] for name in ("value", "fraction", "threshold", "word", "gap")} == {
        "value": "50.00%",
        "fraction": "3/6",
        "threshold": "≥60%",
        "word": "未达标",
        "gap": "还差 1 家",
    }
    assert [(one["span"], one["day"], one["text"]) for one in line["changes"]] == [
        # 66.67% 减 50.00%：读者自己相减也是这个数
        ("last", "2020-10-31", "下降16.67个百分点"),
        # 11 月 30 日是月末，与 10 月 31 日对
        ("month", "2020-10-31", "下降16.67个百分点"),
        ("quarter", "", "没有量度"),
        ("year", "", "没有量度"),
    ]


def test_what_was_met_and_no_longer_is_stands_out(reported: Reported) -> None:
    content = reported.report().content
    assert content["counts"] == {"all": 1, "met": 0, "behind": 1, "other": 0}
    assert [one["after"] for one in content["newly_lost"]] == ["50.00%（未达标）"]
    assert [one["before"] for one in content["newly_lost"]] == ["66.67%（达标）"]
    assert content["newly_met"] == []
    assert content["has_changes"] is True


def test_a_target_newly_asked_for_is_newly_behind(reported: Reported) -> None:
    """上次量度时政策还没有印发：那时什么也没要求，不算早就落后。"""
    policy = reported.scene.policy
    policy.targets.update(threshold=Decimal("0.9"))
    assert reported.report().content["newly_lost"] == []
    policy.signed_on = TODAY
    policy.save()
    run = store_run(reported.scene.city.city, TODAY, ("GC17",))
    lost = make_reports(run, at=timezone.now(), kinds=[PaperKind.NIGHTLY])[0].content["newly_lost"]
    assert [(one["before"], one["word"]) for one in lost] == [("66.67%（政策尚未印发）", "未达标")]


def test_who_fell_behind_in_which_district_stands_out(reported: Reported) -> None:
    content = reported.report().content
    assert [(one["region"], one["before"], one["after"]) for one in content["districts_lost"]] == [
        ("东区", "75.00%（达标）", "50.00%（未达标）")
    ]
    assert content["districts_met"] == []


def test_no_two_lines_are_called_the_same(reported: Reported) -> None:
    """同一指标的两种口径、两个年份各有目标：表里、分区、还差几家都分得清。"""
    policy, city = reported.scene.policy, reported.scene.city
    later = make_target(policy, city.city, "GC17", 2)
    wider = make_target(policy, city.city, "GC17", 3)
    Target.objects.filter(pk=later.pk).update(due_on=date(2019, 12, 31), threshold="0.9")
    Target.objects.filter(pk=wider.pk).update(judged_reading="with_clinics")
    content = reported.report().content
    title = "开设老年人绿色通道的医疗机构占比"
    names = [
        f"{title}（默认机构范围，2017年目标）",
        f"{title}（默认机构范围，2019年目标）",
        f"{title}（含诊所、村卫生室）",
    ]
    assert [line["named"] for line in content["lines"]] == names
    assert [row["named"] for row in content["districts"]["rows"]] == names
    assert [gap["named"] for gap in content["gaps"]] == names
    # 一个数只说一句，不因有两个目标说两遍。
    moved = "从66.67%下降到50%，下降16.67个百分点"
    assert content["sentences"] == [
        f"{title}（默认机构范围）{moved}",
        f"{title}（含诊所、村卫生室）{moved}",
    ]


def test_a_chart_of_shares_is_in_percent(reported: Reported) -> None:
    (chart,) = reported.report().content["charts"]
    assert chart["unit"] == "%"


def test_a_correction_says_so_in_its_title(reported: Reported) -> None:
    assert reported.report().title == "测试市医养结合指标日报（2020年11月30日）"
    corrected = store_run(reported.scene.city.city, TODAY, ("GC17",))
    titles = {one.kind: one.title for one in make_reports(corrected, at=timezone.now())}
    assert titles == {
        "NIGHTLY": "西区医养结合指标日报（2020年11月30日，更正）",
        "MONTHLY": "西区医养结合指标月报（2020年11月，更正）",
    }


def test_all_that_lapse_are_counted_however_few_are_listed(
    reported: Reported, monkeypatch: pytest.MonkeyPatch
) -> None:
    """登记只列先到期的几条，总数照数；两种口径都计的一家只算一家。"""
    monkeypatch.setattr(lapses, "NAMES_LISTED", 1)
    wider = make_target(reported.scene.policy, reported.scene.city.city, "GC17", 2)
    Target.objects.filter(pk=wider.pk).update(judged_reading="with_clinics")
    for hospital in reported.scene.hospitals[1:3]:
        close_channel(hospital, TODAY + timedelta(9))
    content = reported.report().content
    lapse, other = content["lapses"]
    assert (lapse["institutions"], len(lapse["names"])) == (2, 1)
    assert (other["institutions"], content["lapsing"]) == (2, 2)
    assert "30天内2家（份）到期" in content["text"]
    assert lapse_text(lapse).endswith("止）等。")


def test_what_was_regained_is_said_the_next_day(reported: Reported) -> None:
    hospital = reported.scene.hospitals[0]
    GreenChannel.objects.create(
        institution=hospital,
        steps=GreenChannel.objects.filter(institution=hospital).get().steps,
        starts_on=TODAY.replace(month=12, day=1),
    )
    next_run = store_run(reported.scene.city.city, TODAY.replace(month=12, day=1), ("GC17",))
    content = make_reports(next_run, at=timezone.now())[0].content
    assert [one["after"] for one in content["newly_met"]] == ["66.67%（达标）"]
    assert content["newly_lost"] == []


def test_who_could_close_the_gap_is_named_with_what_each_lacks(reported: Reported) -> None:
    (gap,) = reported.report().content["gaps"]
    named = {one["name"]: one["lacks"] for one in gap["candidates"]}
    assert "停业医院" not in named
    lost = reported.scene.hospitals[0]
    assert lost.profiles.get().name in named
    assert named
    assert all(named.values())


def test_each_district_has_its_column_and_its_own_report(reported: Reported) -> None:
    city, east, west = reported.reports([PaperKind.NIGHTLY])
    districts = city.content["districts"]
    assert [one["name"] for one in districts["regions"]] == ["东区", "西区"]
    (row,) = districts["rows"]
    assert [cell["value"] for cell in row["cells"]] == ["50.00%", "50.00%"]
    assert [cell["change"] for cell in row["cells"]] == [f"{MINUS}25个百分点", "0"]
    assert east.content["lines"][0]["fraction"] == "2/4"
    assert west.content["newly_lost"] == []
    assert west.content["has_changes"] is False


def test_a_report_made_again_is_the_one_kept(reported: Reported) -> None:
    first = reported.reports([PaperKind.NIGHTLY])
    GreenChannel.objects.update(ends_on=LONG_AGO)
    again = reported.reports([PaperKind.NIGHTLY])
    assert [(one.uid, one.content) for one in again] == [(one.uid, one.content) for one in first]
    assert Paper.objects.count() == 3


def test_the_last_day_of_a_month_has_a_monthly_report_too(reported: Reported) -> None:
    made = make_reports(reported.run, at=timezone.now())
    assert {one.kind for one in made} == {"NIGHTLY", "MONTHLY"}
    assert made[3].title == "测试市医养结合指标月报（2020年11月）"
    assert made[3].first_day == TODAY.replace(day=1)


def test_a_preview_of_one_region_has_no_report(reported: Reported) -> None:
    reported.run.is_preview = True
    assert make_reports(reported.run, at=timezone.now()) == []


def test_what_was_met_and_still_is_has_not_turned(reported: Reported) -> None:
    Target.objects.update(threshold=Decimal("0.4"))
    content = reported.report().content
    assert content["counts"] == {"all": 1, "met": 1, "behind": 0, "other": 0}
    assert content["newly_met"] == content["newly_lost"] == content["gaps"] == []
    # 数变了，判定没有变。
    assert content["has_changes"] is True


@pytest.mark.parametrize(("threshold", "below_on"), [("0.4", "2020-12-31"), ("0.3", "")])
def test_what_ends_on_the_thirtieth_day_is_told_and_on_the_next_not(
    reported: Reported, threshold: str, below_on: str
) -> None:
    """计入 3/6：一家的通道开到 12 月 30 日（第 30 天），剩 2/6；另一家到 31 日，剩 1/6。"""
    Target.objects.update(threshold=Decimal(threshold))
    for hospital, last in zip(reported.scene.hospitals[1:3], (30, 31), strict=True):
        close_channel(hospital, date(2020, 12, last))
    (lapse,) = reported.report().content["lapses"]
    told = [(one["institution"], one["last_day"]) for one in lapse["names"]]
    assert told == [(reported.scene.hospitals[1].pk, "2020-12-30")]
    assert (lapse["institutions"], lapse["persons"], lapse["below_on"]) == (1, "", below_on)


def test_a_district_without_the_figure_has_a_dash(reported: Reported) -> None:
    city = reported.scene.city
    regions = [city.east, city.west]
    lines = compared_lines(reported.run, {}, [city.east], [Span.LAST], paper_reader(TODAY))
    (row,) = told_districts(lines, regions, Span.LAST)["rows"]
    assert [cell["value"] for cell in row["cells"]] == ["50.00%", "—"]


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2017, 2, 8), []),  # 政策还没有印发
        (date(2017, 2, 9), ["GC17"]),
        (date(2020, 12, 31), ["GC17"]),  # 最后一天
        (date(2021, 1, 1), []),
    ],
)
def test_targets_that_ask_for_nothing_on_the_day_are_not_told(
    reported: Reported, day: date, told: list[str]
) -> None:
    run = store_run(reported.scene.city.city, day, ("GC17",))
    content = make_reports(run, at=timezone.now(), kinds=[PaperKind.NIGHTLY])[0].content
    assert [line["indicator"] for line in content["lines"]] == told
    assert [row["indicator"] for row in content["districts"]["rows"]] == told
    assert ("没有现行目标" in content["text"]) is not bool(told)
    assert content["withheld"] == 0


def test_without_any_earlier_run_nothing_is_compared(reported: Reported) -> None:
    (paper, *_) = make_reports(reported.earlier, at=timezone.now(), kinds=[PaperKind.NIGHTLY])
    assert {one["text"] for one in paper.content["lines"][0]["changes"]} == {"没有量度"}
    assert paper.content["newly_lost"] == paper.content["sentences"] == []


# ── 人 ────────────────────────────────────────────────────────────────────────


def report_of_signups(
    reported: Reported, *, ending: int, lasting: int, on: date = date(2020, 12, 30)
) -> dict[str, Any]:
    """The report where so many sign-ups end on the 30th day and so many much later, of 40."""
    city = reported.scene.city
    team = make_team(reported.scene.hospitals[0])
    make_population(city.city, PopulationGroup.AGED_65, 40)
    for number in range(ending + lasting):
        person = make_known_person(city.east_street, name=f"赵淑珍{number}", phone="13800000001")
        last = on if number < ending else date(2021, 12, 31)
        make_signup(person, team, starts_on=date(2019, 12, 20), expires_on=last)
    target = make_target(reported.scene.policy, city.city, "FD17", 2)
    Target.objects.filter(pk=target.pk).update(judged_reading="aged_65_plus")
    run = store_run(city.city, TODAY, ("FD17",))
    content: dict[str, Any] = make_reports(run, at=timezone.now(), kinds=[PaperKind.NIGHTLY])[
        0
    ].content
    said = json.dumps(content, ensure_ascii=False)
    assert not any(secret in said for secret in ("赵淑珍", "13800000001"))
    assert not any(str(person.uid)[:8] in said for person in Person.objects.all())
    return content


def test_few_people_are_no_figure_of_a_report(reported: Reported) -> None:
    content = report_of_signups(reported, ending=3, lasting=0)
    assert [line["indicator"] for line in content["lines"]] == ["GC17"]
    assert content["withheld"] == 1
    assert "3/40" not in json.dumps(content)


def test_many_people_are_counted_and_a_few_who_lapse_are_not(reported: Reported) -> None:
    content = report_of_signups(reported, ending=3, lasting=12)
    line = next(line for line in content["lines"] if line["indicator"] == "FD17")
    (lapse,) = [one for one in content["lapses"] if one["indicator"] == "FD17"]
    gap = next(one for one in content["gaps"] if one["indicator"] == "FD17")
    assert line["fraction"] == "15/40"
    assert lapse["persons"] == "少数几人"
    assert (gap["needed"], gap["candidates"]) == (17, [])
    assert content["withheld"] == 0


def test_five_people_who_lapse_are_counted(reported: Reported) -> None:
    content = report_of_signups(reported, ending=5, lasting=10)
    (lapse,) = [one for one in content["lapses"] if one["indicator"] == "FD17"]
    assert lapse["persons"] == "5 人"


def test_people_whose_last_day_is_the_thirty_first_are_not(reported: Reported) -> None:
    content = report_of_signups(reported, ending=5, lasting=10, on=date(2020, 12, 31))
    assert content["lapses"] == []


# ── 存档 ──────────────────────────────────────────────────────────────────────


def test_a_changed_content_no_longer_matches_its_fingerprint(reported: Reported) -> None:
    paper = reported.report()
    assert is_intact(Paper.objects.get(pk=paper.pk))
    paper.content["lines"][0]["value"] = "99%"
    assert not is_intact(paper)


@pytest.mark.parametrize("inexact", [1.5, {1: "a"}, {"a": {2, 3}}, ["a", b"b"]])
def test_what_the_database_would_change_is_not_kept(inexact: object) -> None:
    with pytest.raises(TypeError):
        fingerprint_of({"content": inexact})


def test_two_makers_of_the_same_paper_leave_one(reported: Reported) -> None:
    asked: dict[str, Any] = {
        "by": SYSTEM,
        "kind": PaperKind.TABLE,
        "key": "table/1",
        "region": reported.scene.city.city,
        "title": "表",
        "first_day": TODAY,
        "last_day": TODAY,
        "at": timezone.now(),
    }
    first = archive(content={"a": 1}, **asked)
    second = archive(content={"a": 2}, **asked)
    assert (second.pk, second.content) == (first.pk, {"a": 1})
