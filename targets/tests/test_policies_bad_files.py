"""A bad file is refused with its entry and what to do, and nothing at all is written."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from targets.models import Bureau, PolicyDocument, Target
from yiyang.changelog.models import Change

pytestmark = pytest.mark.django_db

BUREAUS = """
[[bureau]]
code = "health"
names = [{ name = "卫生计生委", official = true, starts_on = 2017-01-01 }]

[[bureau]]
code = "civil"
names = [{ name = "民政局", official = true, starts_on = 2017-01-01 }]
"""

POLICY = """
slug = "test-1"
number = "测发〔2017〕1号"
title = "测试文件"
issuer = "测试机关"
signed_on = 2017-02-09
published_on = 2017-03-09
status = "IN_FORCE"
status_seen_on = 2026-11-01
confirmation = "CONFIRMED"

[[clause]]
reference = "一"
topic = "目标"

[[target]]
code = "T1"
clause = "一"
indicator = "GC17"
judged_reading = "standard"
due_on = 2017-12-31
comparator = ">="
threshold = 0.8
wording = "八成"
milestone = [{ due_on = 2017-06-30, threshold = 0.4 }]

[[target]]
code = "T2"
clause = "一"
indicator = "TM12"
judged_reading = "integrated"
comparator = "range"
threshold = 1
threshold_upper = 2
wording = "一到二所"

[[task]]
position = 1
printed_number = 1
mode = "LEAD_SUPPORT"
title = "牵头"
lead = ["卫生计生委"]
support = ["民政局"]
"""


@pytest.fixture(autouse=True)
def regions(db: None) -> None:
    call_command("load_regions", stdout=StringIO())


def write(folder: Path, policy: str = POLICY, bureaus: str = BUREAUS) -> Path:
    (folder / "bureaus.toml").write_text(bureaus, encoding="utf-8")
    (folder / "policy.toml").write_text(policy, encoding="utf-8")
    return folder


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


def refused(*paths: Path) -> str:
    """The message of a refused load; that nothing was written is checked on the way."""
    before = Change.objects.count()
    with pytest.raises(CommandError) as refusal:
        call_command("load_policies", *map(str, paths), stdout=StringIO())
    assert refusal.value.returncode == 1
    assert Change.objects.count() == before
    assert (PolicyDocument.objects.count(), Bureau.objects.count()) == (0, 0)
    return str(refusal.value)


def test_the_unchanged_files_load(tmp_path: Path) -> None:
    call_command("load_policies", str(write(tmp_path)), stdout=StringIO())
    assert list(Target.objects.values_list("code", flat=True)) == ["T1", "T2"]
    assert Target.objects.get(code="T1").milestones.get().threshold * 10 == 4


# 原文 → 改成 → 报错里的条目 → 报错里的话
BAD_POLICIES = [
    ('clause = "一"', 'clause = "二"', "目标 T1", "条款“二”不在本文件的 [[clause]] 中"),
    ('"GC17"', '"GC99"', "目标 T1", "没有指标“GC99”，请改为已有的指标：GC17"),
    ('"standard"', '"strict"', "目标 T1", "没有口径“strict”，可用：standard、with_clinics"),
    ("0.8", "80", "目标 T1", "目标值 80 不在 0 到 1 之间；80% 请写 0.8"),
    ("0.8", "1.000001", "目标 T1", "不在 0 到 1 之间"),
    ("0.8", "-0.1", "目标 T1", "不在 0 到 1 之间"),
    ("threshold = 0.8", "threshold = 0", "目标 T1", "“不低于 0”怎样都达标，请核对目标值"),
    ("0.8", '"八成"', "目标 T1", "“threshold”须是数字"),
    ("0.8", "nan", "目标 T1", "“threshold”须是数字"),
    ("0.8", "inf", "目标 T1", "“threshold”须是数字"),
    ("0.8", "true", "目标 T1", "“threshold”须是数字"),
    ("0.8", "0.1234567", "目标 T1", "最多 6 位整数、6 位小数"),
    ('">="', '"none"', "目标 T1", "比较方式是 none（无数字），请删去目标值"),
    ('">="', '">"', "目标 T1", "没有这个取值，请改为：>=（不低于）、=（等于）"),
    ("threshold = 0.8\n", "", "目标 T1", "比较方式是 >=，须写 threshold"),
    ("threshold = 0.8", "threshold_upper = 0.9", "目标 T1", "须写 threshold，且不写"),
    ("threshold_upper = 2", "threshold_upper = 0", "目标 T2", "上限 0 小于下限 1"),
    ("threshold_upper = 2\n", "", "目标 T2", "须同时写 threshold 与 threshold_upper"),
    ("threshold = 1\n", "threshold = 1.5\n", "目标 T2", "须是不小于 0 的整数"),
    ("2017-12-31", "2016-12-31", "目标 T1", "到期日 2016-12-31 早于成文日期 2017-02-09"),
    ("2017-12-31", '"2017-12-31"', "目标 T1", "“due_on”须是不加引号的日期"),
    ("2017-06-30", "2018-01-01", "目标 T1", "阶段目标的日期须在成文日期与到期日之间"),
    ("0.4 }", "1.4 }", "目标 T1", "目标值 1.4 不在 0 到 1 之间"),
    ('"T2"', '"T1"', "政策文件", "目标 code“T1”写了两次"),
    ('"T1"', '"甲"', "目标 甲", "只能用英文字母、数字和连字符"),
    ('wording = "八成"', f'wording = "{"长" * 201}"', "目标 T1", "有 201 字，最多 200 字"),
    ('wording = "八成"', 'wording = " "', "目标 T1", "“wording”是空的，请填写"),
    ('wording = "八成"\n', "", "目标 T1", "缺少“wording”，请补上"),
    ("wording", "wordng", "目标 T1", "不认识的项“wordng”，请改正拼写"),
    ("issuer", "isuer", "policy.toml", "不认识的项“isuer”"),
    ('"IN_FORCE"', '"GONE"', "policy.toml", "“status”写作“GONE”，没有这个取值"),
    ('"IN_FORCE"', '"VALID"', "policy.toml", "IN_FORCE（有效）、REPEALED（失效）"),
    ("2017-03-09", "2017-01-09", "policy.toml", "公开日期早于成文日期"),
    ("status_seen", "repealed_on = 2018-01-01\nstatus_seen", "policy.toml", "时效是有效却写了"),
    ("status_seen", "last_due_on = 2017-06-01\nstatus_seen", "policy.toml", "last_due_on 早于"),
    ("status_seen", 'region = "999999999999"\nstatus_seen', "policy.toml", "没有登记区划“9999"),
    (
        "[[target]]",
        '[[clause]]\nreference = "一"\ntopic = "又"\n[[target]]',
        "policy",
        "条款“一”写了",
    ),
    ("[[task]]", "[task]", "policy.toml", "“task”须写成若干个 [[task]] 段"),
    ('["民政局"]', '["民证局"]', "任务第 1 项", "2017-02-09 那天没有部门叫“民证局”"),
    ('["民政局"]', '["卫生计生委"]', "任务第 1 项", "部门 health 在这项任务里写了两次"),
    ('["民政局"]', '"民政局"', "任务第 1 项", "“support”须是文字的列表"),
    ("lead =", "each =", "任务第 1 项", "责任形式 LEAD_SUPPORT 与所列部门不符"),
    ("position = 1", "position = 0", "任务第 1 项", "“position”须是 1 到 9999 的整数"),
    ('title = "测试文件"', 'title = "测试文件', "policy.toml", "第 4 行第 "),
    ('slug = "test-1"', 'slug = "test-1"\nslug = "x"', "policy.toml", "不合 TOML 写法"),
]


@pytest.mark.parametrize(("old", "new", "entry", "what"), BAD_POLICIES)
def test_a_bad_policy_file(tmp_path: Path, old: str, new: str, entry: str, what: str) -> None:
    message = refused(write(tmp_path, policy=changed(POLICY, old, new)))
    assert message.startswith("政策数据有 1 处要改，这次没有装载，登记未变：\n")
    assert entry in message
    assert what in message


def test_a_task_position_written_twice(tmp_path: Path) -> None:
    task = POLICY[POLICY.index("[[task]]") :]
    message = refused(write(tmp_path, policy=POLICY + task))
    assert "policy.toml：任务的 position 1 写了两次" in message


def test_a_repealed_policy_must_say_until_when(tmp_path: Path) -> None:
    undated = changed(POLICY, '"IN_FORCE"', '"REPEALED"')
    undated = changed(undated, "due_on = 2017-12-31\n", "")
    undated = changed(undated, "milestone = [{ due_on = 2017-06-30, threshold = 0.4 }]\n", "")
    assert "请写 repealed_on 或 last_due_on" in refused(write(tmp_path, policy=undated))


CIVIL = '[{ name = "民政局", official = true, starts_on = 2017-01-01 }]'
BAD_BUREAUS = [
    ('"civil"', '"health"', "部门名录", "代号“health”写了两次"),
    ('"民政局"', '"卫生计生委"', "部门名录", "同一天有两个部门都叫“卫生计生委”"),
    ("official = true, ", "", "部门 health", "没有正式名称"),
    (CIVIL, CIVIL.replace(" }", ", ends_on = 2016-01-01 }"), "部门 civil", "截止日期早于起始"),
    (
        CIVIL,
        CIVIL.replace("民政局", "民政委")[:-1] + ", " + CIVIL[1:],
        "部门 civil",
        "都是正式名称",
    ),
    ('code = "civil"', 'code = "civil"\nsuccessor = "tax"', "部门 civil", "没有代号为“tax”的部门"),
    ("names = [{ name", "names = [{ nam", "部门 health", "不认识的项“nam”"),
]


@pytest.mark.parametrize(("old", "new", "entry", "what"), BAD_BUREAUS)
def test_a_bad_bureau_file(tmp_path: Path, old: str, new: str, entry: str, what: str) -> None:
    message = refused(write(tmp_path, bureaus=changed(BUREAUS, old, new)))
    assert entry in message
    assert what in message


def test_successors_in_a_circle(tmp_path: Path) -> None:
    heir = 'code = "{}"\nsuccessor = "{}"\nsucceeded_on = 2019-01-01'
    circle = changed(BUREAUS, 'code = "health"', heir.format("health", "civil"))
    circle = changed(circle, 'code = "civil"', heir.format("civil", "health"))
    assert "绕成了圈（health → civil → health）" in refused(write(tmp_path, bureaus=circle))


def test_every_fault_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    bad = changed(changed(POLICY, "0.8", "80"), "threshold_upper = 2", "threshold_upper = 0")
    message = refused(write(tmp_path, policy=bad))
    assert message.startswith("政策数据有 2 处要改")
    assert "目标 T1" in message
    assert "目标 T2" in message


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "文件是空的"),
        (b"\n \n", "文件是空的"),
        ("slug = '测'".encode("gb18030"), "不是 UTF-8 编码，请另存为 UTF-8"),
    ],
)
def test_a_file_that_is_no_text(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "policy.toml"
    path.write_bytes(content)
    assert f"policy.toml：{what}" in refused(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "读不到这个文件，请核对路径" in refused(tmp_path / "absent.toml")


def test_a_folder_without_files(tmp_path: Path) -> None:
    assert "这个文件夹里没有 .toml 文件" in refused(tmp_path)


def test_a_tasks_file_loaded_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "policy.tasks.toml"
    path.write_text("[[task]]\n", encoding="utf-8")
    assert "请装载用 tasks_file 引用它的政策文件" in refused(path)


def test_a_tasks_file_elsewhere_is_not_read(tmp_path: Path) -> None:
    policy = changed(POLICY, "status_seen", 'tasks_file = "../x.tasks.toml"\nstatus_seen')
    assert "须是同一文件夹里的 *.tasks.toml" in refused(write(tmp_path, policy=policy))


def test_a_number_registered_under_another_slug(tmp_path: Path) -> None:
    call_command("load_policies", str(write(tmp_path)), stdout=StringIO())
    write(tmp_path, policy=changed(POLICY, '"test-1"', '"test-2"'))
    with pytest.raises(CommandError, match="已登记在 slug“test-1”下") as refusal:
        call_command("load_policies", str(tmp_path), stdout=StringIO())
    assert "目标 T1：这个代号已属于“测发〔2017〕1号”" in str(refusal.value)


@pytest.mark.usefixtures("settings")
def test_the_measured_city_must_be_registered_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.conf.settings.PORTAL_REGION", "110100000000")
    message = refused(write(tmp_path))
    assert "门户所测的区划 110100000000 还没有登记，请先运行 manage.py load_regions" in message
