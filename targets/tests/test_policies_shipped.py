"""The shipped files say what the policies say: each table here can be checked by a clerk."""

from collections import Counter
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from targets.indicators.catalogue import BY_KEY
from targets.models import (
    Bureau,
    BureauName,
    Confirmation,
    PolicyClause,
    PolicyDocument,
    PolicyTask,
    Target,
    TaskBureau,
    TaskRole,
)

pytestmark = pytest.mark.django_db

SIGNED_ON = date(2017, 2, 9)
HISTORICAL = "wuhai-2017-9"

# 次序 目标 条款 判定口径 到期 比较 目标值
HISTORICAL_TABLE = """
 1 GC17 二（二）2017年目标 standard       2017-12-31 >=    0.8
 2 EL17 二（二）2017年目标 any_form       2017-12-31 >=    0.5
 3 FD17 二（二）2017年目标 key_population 2017-12-31 >=    0.6
 4 HM17 二（二）2017年目标 complete_year  2017-12-31 >=    0.65
 5 GC20 二（二）2020年目标 standard       2020-12-31 =     1
 6 EL20 二（二）2020年目标 any_form       2020-12-31 =     1
 7 BD20 二（二）2020年目标 city_sum       2020-12-31 >=    0.3
 8 FD20 二（二）2020年目标 key_population 2020-12-31 none  无
 9 HM20 二（二）2020年目标 complete_year  2020-12-31 >=    0.7
10 HC90 三（三）           不判定         无         >=    0.9
11 TM12 三（六）           integrated     无         range 1—2
12 PJ05 五（二）           in_use         无         =     5
"""

# 目标 指标 判定口径 到期 比较 目标值
CURRENT_TABLE = """
CN-GC-2022     GC20 standard       2022-12-31 =  1
CN-EL-2022     EL20 any_form       2022-12-31 =  1
CN-GERI-2022   GERI standard       2022-12-31 >= 0.5
CN-NURS-2025   NURS standard       2025-12-31 >= 0.55
CN-GC-2030     GC20 standard       2030-12-31 =  1
CN-EL-2030     EL20 any_form       2030-12-31 =  1
CN-GERI-2030   GERI standard       2030-12-31 >= 0.9
CN-FD-2035-ALL FD20 all_residents  2035-12-31 >= 0.75
CN-FD-2035-KEY FD20 key_population 2035-12-31 >= 0.85
"""

# 附件的 20 种写法，18 个部门
SPELLINGS = {
    "health_commission": ["卫生计生委"],
    "civil_affairs": ["民政局"],
    "development_reform": ["发展改革委"],
    "finance": ["财政局"],
    "human_resources": ["人力资源和社会保障局", "人力资源社会保障局"],
    "natural_resources": ["国土资源局"],
    "housing": ["住房城乡建设委", "住房城乡建设局"],
    "ageing_office": ["老龄办"],
    "science": ["科技局"],
    "food_drug": ["食品药品监督管理局"],
    "banking_regulation": ["银监局"],
    "state_tax": ["国税局"],
    "local_tax": ["地税局"],
    "education": ["教育局"],
    "insurance_association": ["保险行业协会"],
    "information_office": ["信息办"],
    "industry_information": ["经信委"],
    "culture": ["文化新闻出版广电局"],
}


def table(text: str) -> list[list[str]]:
    return [line.split() for line in text.strip().splitlines()]


def plain(target: Target) -> str:
    """The threshold as a clerk would write it."""
    numbers = [target.threshold, target.threshold_upper]
    return "—".join(f"{n.normalize():f}" for n in numbers if n is not None) or "无"


@pytest.fixture(autouse=True)
def shipped(db: None) -> None:
    call_command("load_regions", stdout=StringIO())
    call_command("load_policies", stdout=StringIO())


def test_historical_targets_are_those_of_the_policy() -> None:
    targets = Target.objects.filter(policy__slug=HISTORICAL).select_related("clause", "region")
    rows = [
        [
            *(str(t.position), t.code, t.clause.reference, t.judged_reading or "不判定"),
            *(str(t.due_on or "无"), t.comparator, plain(t)),
        ]
        for t in targets
    ]
    assert rows == table(HISTORICAL_TABLE)
    assert {t.indicator == t.code for t in targets} == {True}
    assert {t.region.code for t in targets} == {"150300000000"}
    assert {t.confirmation for t in targets} == {Confirmation.CONFIRMED}


def test_only_the_one_or_two_institutions_have_no_upper_failure() -> None:
    assert list(Target.objects.filter(has_upper_failure=False).values_list("code", flat=True)) == [
        "TM12"
    ]


def test_current_targets_all_wait_to_be_confirmed() -> None:
    targets = Target.objects.exclude(policy__slug=HISTORICAL).select_related("policy", "region")
    rows = [
        [t.code, t.indicator, t.judged_reading, str(t.due_on), t.comparator, plain(t)]
        for t in targets.order_by("due_on", "policy", "position")
    ]
    assert rows == table(CURRENT_TABLE)
    assert {t.confirmation for t in targets} == {Confirmation.UNCONFIRMED}
    assert {t.policy.confirmation for t in targets} == {Confirmation.UNCONFIRMED}
    assert {t.region.code for t in targets} == {"150300000000"}


def test_targets_stand_in_the_order_of_their_clauses() -> None:
    for policy in PolicyDocument.objects.all():
        positions = [target.clause.position for target in policy.targets.select_related("clause")]
        assert positions == sorted(positions)


def test_every_judged_reading_is_in_the_catalogue() -> None:
    judged = Target.objects.exclude(judged_reading="")
    assert {(t.indicator, t.judged_reading) for t in judged} <= set(BY_KEY)


def test_the_repealed_policy_has_its_facts() -> None:
    policy = PolicyDocument.objects.get(slug=HISTORICAL)
    assert policy.number == "乌海政办发〔2017〕9号"
    assert (policy.signed_on, policy.published_on) == (SIGNED_ON, date(2017, 3, 9))
    assert (policy.get_status_display(), policy.repealed_on) == ("失效", None)
    assert (policy.last_due_on, policy.status_seen_on) == (date(2020, 12, 31), date(2026, 11, 1))
    assert "来源网页只写“失效”" in policy.source_note


@pytest.mark.parametrize(
    ("day", "in_force"),
    [
        (date(2017, 2, 8), False),
        (date(2017, 2, 9), True),
        (date(2020, 12, 31), True),
        (date(2021, 1, 1), False),
    ],
)
def test_the_repealed_policy_holds_up_to_its_last_due_day(day: date, in_force: bool) -> None:
    assert PolicyDocument.objects.in_force(day).filter(slug=HISTORICAL).exists() is in_force


def test_current_policies_are_in_force_today() -> None:
    in_force = PolicyDocument.objects.in_force(date(2026, 11, 1))
    assert set(in_force.values_list("slug", flat=True)) == {
        "cn-healthy-china-2030",
        "cn-nursing-beds-2025",
        "cn-family-doctor-2035",
    }


def test_the_annex_has_fifty_tasks_by_position() -> None:
    tasks = list(PolicyTask.objects.all())
    assert [task.position for task in tasks] == list(range(1, 51))
    printed = [task.printed_number for task in tasks]
    assert printed == [*range(1, 19), *range(20, 51), 49]


def test_the_four_modes_are_twenty_twenty_two_seven_and_one() -> None:
    modes = Counter(task.get_mode_display() for task in PolicyTask.objects.all())
    assert modes == {"牵头、配合": 20, "分别负责": 22, "单独负责": 7, "负责、配合": 1}


def test_five_lists_of_bureaus_are_open_ended() -> None:
    open_ended = PolicyTask.objects.filter(is_open_ended=True)
    assert list(open_ended.values_list("position", flat=True)) == [15, 35, 36, 46, 48]
    assert list(open_ended.values_list("printed_number", flat=True)) == [15, 36, 37, 47, 49]


def roles_of(bureau: str) -> dict[str, int]:
    parts = TaskBureau.objects.filter(bureau__code=bureau)
    return dict(Counter(part.get_role_display() for part in parts))


# 卫生计生委：牵头 13 加负责 7（含第 27 项）；民政局：牵头 13 加负责 1
def test_the_two_main_bureaus_have_their_parts_counted() -> None:
    health, civil = roles_of("health_commission"), roles_of("civil_affairs")
    assert sum(health.values()) == 47
    assert (health["牵头"] + health["负责"], health["分别负责"], health["配合"]) == (20, 20, 7)
    assert sum(civil.values()) == 40
    assert (civil["牵头"] + civil["负责"], civil["分别负责"], civil["配合"]) == (14, 19, 7)


def test_only_three_tasks_go_without_the_health_commission() -> None:
    without = PolicyTask.objects.exclude(bureaus__bureau__code="health_commission")
    assert list(without.values_list("printed_number", flat=True)) == [32, 35, 48]


# 位次 → 部门按原文次序，各带责任
@pytest.mark.parametrize(
    ("position", "parts"),
    [
        (3, ["牵头 民政局", "配合 卫生计生委"]),
        (14, ["负责 卫生计生委"]),
        (26, ["负责 卫生计生委", "配合 民政局"]),
        (31, ["分别负责 财政局", "分别负责 民政局"]),
        (
            46,
            [
                *("牵头 民政局", "牵头 卫生计生委", "牵头 信息办"),
                *("配合 发展改革委", "配合 人力资源社会保障局", "配合 经信委"),
            ],
        ),
    ],
)
def test_a_task_keeps_its_bureaus_in_printed_order(position: int, parts: list[str]) -> None:
    task = PolicyTask.objects.get(position=position)
    printed = [f"{p.get_role_display()} {p.printed_name}" for p in task.bureaus.all()]
    assert printed == parts


def test_twenty_spellings_are_eighteen_bureaus() -> None:
    printed: dict[str, set[str]] = {}
    for part in TaskBureau.objects.select_related("bureau"):
        printed.setdefault(part.bureau.code, set()).add(part.printed_name)
    assert {code: sorted(names) for code, names in printed.items()} == SPELLINGS
    assert (len(printed), sum(map(len, printed.values()))) == (18, 20)


@pytest.mark.parametrize(
    ("name", "day", "code"),
    [
        ("乌海市卫生和计划生育委员会", SIGNED_ON, "health_commission"),
        ("卫健委", date(2026, 11, 1), "health_commission"),
        ("乌海市自然资源局", date(2026, 11, 1), "natural_resources"),
        ("乌海市人力资源和社会保障局", SIGNED_ON, "human_resources"),
    ],
)
def test_a_bureau_is_found_by_its_name_of_the_day(name: str, day: date, code: str) -> None:
    assert BureauName.objects.on(day).get(name=name).bureau.code == code


def test_an_old_name_is_no_name_after_the_reform() -> None:
    assert not BureauName.objects.on(date(2026, 11, 1)).filter(name="卫生计生委").exists()


def test_every_bureau_of_the_annex_had_an_official_name_then() -> None:
    official = BureauName.objects.on(SIGNED_ON).filter(is_official=True)
    assert set(official.values_list("bureau__code", flat=True)) == set(SPELLINGS)


def test_merged_bureaus_name_their_successor() -> None:
    merged = Bureau.objects.exclude(successor=None).select_related("successor")
    assert {bureau.code: bureau.successor and bureau.successor.code for bureau in merged} == {
        "ageing_office": "civil_affairs",
        "banking_regulation": "financial_regulation",
        "food_drug": "market_regulation",
        "information_office": "data_administration",
        "local_tax": "tax",
        "state_tax": "tax",
    }


def test_nothing_but_leads_leads() -> None:
    modes = TaskBureau.objects.filter(role=TaskRole.LEAD).values_list("task__mode", flat=True)
    assert set(modes) == {"LEAD_SUPPORT"}


def test_clauses_are_told_in_short_words() -> None:
    assert PolicyClause.objects.filter(policy__slug=HISTORICAL).count() == 20
    assert all(len(clause.topic) <= 30 for clause in PolicyClause.objects.all())
