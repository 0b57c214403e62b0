"""What the office does in a week, done in a real browser from the first click to the figure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from contracts.models import PartnershipAgreement
from contracts.tests.factories import make_agreement
from institutions.models import BedCount, Institution
from institutions.tests.factories import make_elderly, make_filing, make_health, make_licence
from targets.snapshots import take_snapshot
from targets.tests.factories import City, make_city
from targets.tests.page_scene import store_run
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user
from yiyang.celery import app
from yiyang.tests.desks import OpenDesk, desks, short_connections

pytestmark = pytest.mark.browser
HOSPITAL, HOME = "东山医院", "东山养老院"


@pytest.fixture
def city(transactional_db: None) -> City:
    """A city with a licensed hospital and a filed home in the east."""
    city = make_city()
    make_licence(make_health(city.east_street, name=HOSPITAL))
    make_filing(make_elderly(city.east_street, name=HOME))
    return city


@pytest.fixture
def seat(chromium: Any, city: City, live_server: Any) -> Iterator[OpenDesk]:
    with short_connections(), desks(chromium, live_server.url) as open_desk:
        yield open_desk


@pytest.fixture
def at_once() -> Iterator[None]:
    """Background work is done where it is asked for; no worker has to be waited for."""
    before, app.conf.task_always_eager = app.conf.task_always_eager, True
    yield
    app.conf.task_always_eager = before


@pytest.fixture
def today(city: City) -> date:
    return timezone.localdate()


def institution(name: str) -> Institution:
    return Institution.objects.get(profiles__name=name)


def test_an_agreement_signed_today_is_in_tonights_figure(
    seat: OpenDesk, city: City, today: date
) -> None:
    store_run(city.city, today - timedelta(days=1), ("PAIR",))
    desk = seat(open_user(Role.CITY_HEALTH_CLERK))
    desk.go("/targets/PAIR/")
    assert desk.reads("0 对")

    desk.go("/agreements/new/")
    desk.pick("医疗方", HOSPITAL)
    desk.pick("养老方", HOME)
    desk.fill(医疗方签订日期=str(today), 养老方签订日期=str(today))
    desk.press("登记协议")
    number = PartnershipAgreement.objects.get().number
    assert desk.reads(f"协议 {number} 已登记")

    take_snapshot(as_of=today)
    desk.go("/targets/PAIR/")
    assert desk.reads("1 对")
    desk.follow("计入")
    assert desk.reads(number)


def test_a_broken_sheet_is_mended_and_comes_in_whole(seat: OpenDesk, at_once: None) -> None:
    home = institution(HOME)
    head = "机构编码\t统计日\t登记口径\t核定或实有\t床位总数\t护理型床位\n"
    desk = seat(open_user(Role.CITY_CIVIL_AFFAIRS_CLERK))

    def send(nursing: str) -> None:
        desk.go("/imports/new/")
        desk.page.get_by_label("导入哪一份登记").select_option("beds")
        row = f"{home.code}\t2026-09-30\t民政备案\t实有\t100\t{nursing}\n"
        desk.page.get_by_label("或者粘贴单元格").fill(head + row)
        desk.press("上传，下一步对应列")
        desk.page.get_by_label("只补充或更正").check()
        desk.press("检查并预览")

    send("四十张")
    assert desk.reads("有 1 行有误，整份不能导入")
    with desk.page.expect_download() as download:
        desk.page.get_by_role("link", name="下载原表").click()
    assert download.value.suggested_filename.endswith(".xlsx")
    assert not BedCount.objects.exists()

    send("40")
    desk.press("确认导入")
    assert desk.reads("已导入：新增 1 行")
    assert BedCount.objects.get().nursing == 40

    send("40")
    assert desk.reads("完全一致，没有要导入的")


def test_a_policy_is_entered_from_nothing_and_its_table_read(
    seat: OpenDesk, city: City, today: date
) -> None:
    store_run(city.city, today - timedelta(days=1), ("GC17",))
    clerk = seat(open_user(Role.CITY_HEALTH_CLERK))
    clerk.go("/policies/new/")
    clerk.fill(
        发文字号="测政办发〔2026〕8号",
        标题="医养结合行动方案",
        发文机关="测试市人民政府办公室",
        成文日期="2026-01-05",
    )
    clerk.page.get_by_label("适用区划").select_option(label="测试市")
    clerk.press("建立草稿")

    clerk.follow("录入条款")
    clerk.fill(条款="三（一）", 短题="绿色通道")
    clerk.page.locator("main form button[type=submit]").first.click()
    clerk.follow("录入目标")
    clerk.page.locator("main a[href*='indicator=GC17']").first.click()
    clerk.fill(目标说明="绿色通道九成以上", 目标值="90%", 到期日="2027-12-31")
    clerk.press("保存目标")
    clerk.follow("回到政策")
    clerk.press("提交审核")

    reviewer = seat(open_user(Role.CITY_HEALTH_REVIEWER))
    reviewer.go("/policies/")
    reviewer.follow("草稿与待发布")
    reviewer.follow("测政办发〔2026〕8号")
    reviewer.follow("看它的表并发布")
    assert reviewer.reads("绿色通道九成以上")
    reviewer.press("发布")

    clerk.go("/targets/")
    assert clerk.reads("绿色通道九成以上")
    assert clerk.reads("≥90%")
    assert clerk.reads("0/1")


def test_a_home_that_closes_takes_its_agreements_along(
    seat: OpenDesk, city: City, today: date
) -> None:
    agreement = make_agreement(institution(HOSPITAL), institution(HOME), number="东协1")
    desk = seat(open_user(Role.CITY_CIVIL_AFFAIRS_CLERK))
    desk.go(f"/institutions/{institution(HOME).pk}/")
    desk.follow("办理停业、暂停执业、注销或恢复")
    desk.page.get_by_label("改为").select_option(label="注销")
    desk.fill(自哪一天起=str(today))
    desk.press("下一步：列出受影响的协议")
    assert desk.reads("东协1")
    desk.fill(原因与依据="测民字〔2026〕3号，自行停办")
    desk.press("确认")

    desk.go(f"/agreements/{agreement.pk}/")
    assert desk.reads("自行停办")
    assert desk.reads("解约")
    store_run(city.city, today, ("PAIR",))
    desk.go("/targets/PAIR/")
    assert desk.reads("0 对")
