"""The pages of editions, and the mark on the target table."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.tests.factories import make_team
from institutions.models import GreenChannel
from institutions.models.services import FULL_CHANNEL
from institutions.tests.factories import LONG_AGO, make_health, make_licence
from targets.forms.editions import quarter_of
from targets.models import Edition, IndicatorRun
from targets.tests.editions.editions import (
    TITLE,
    Office,
    make_office,
    propose,
    publish,
    run_on_due_day,
)
from targets.tests.page_scene import DUE_DAY, LATER_DAY, Scene, browse_as, store_run
from yiyang.access.roles import Role


@pytest.fixture
def office(scene: Scene) -> Office:
    return make_office()


def measured_again(scene: Scene) -> IndicatorRun:
    hospital = make_health(scene.city.east_street)
    make_licence(hospital)
    GreenChannel.objects.create(institution=hospital, steps=FULL_CHANNEL, starts_on=LONG_AGO)
    return store_run(scene.city.city, DUE_DAY)


def page_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


@pytest.mark.parametrize(
    ("day", "first_day", "title"),
    [
        (date(2026, 9, 30), date(2026, 7, 1), "2026年第三季度医养结合指标"),
        (date(2026, 1, 1), date(2026, 1, 1), "2026年第一季度医养结合指标"),
        (date(2024, 12, 31), date(2024, 10, 1), "2024年第四季度医养结合指标"),
    ],
)
def test_a_quarter_is_offered_by_its_name(day: date, first_day: date, title: str) -> None:
    assert quarter_of(day) == {"first_day": first_day, "title": title}


def test_a_clerk_proposes_and_a_reviewer_publishes(scene: Scene) -> None:
    clerk, reviewer = browse_as(Role.CITY_HEALTH_CLERK), browse_as(Role.CITY_HEALTH_REVIEWER)
    run = run_on_due_day()
    page = page_of(clerk, f"/editions/new/?run={run.pk}")
    assert "2017年第四季度医养结合指标" in page
    data = {"run": run.pk, "first_day": "2017-01-01", "title": TITLE, "note": ""}
    sent = clerk.post("/editions/new/", data)
    edition = Edition.objects.get()
    assert sent.headers["Location"] == f"/editions/{edition.uid}/"
    leader = browse_as(Role.LEADER)
    assert leader.get(f"/editions/{edition.uid}/").status_code == 404
    assert "发布" in page_of(reviewer, f"/editions/{edition.uid}/")
    reviewer.post(f"/editions/{edition.uid}/publish/")
    page = page_of(leader, f"/editions/{edition.uid}/")
    assert "第 1 版" in page
    assert edition.fingerprint in page
    assert edition.nonce not in page


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("first_day", "2018-01-01", "不能晚于批次的统计日"),
        ("first_day", "去年", "请写成 2019-01-01 这样的日期"),
        ("title", "", "标题"),
        ("run", "0", "量度批次"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    scene: Scene, field: str, value: str, told: str
) -> None:
    data = {"run": run_on_due_day().pk, "first_day": "2017-01-01", "title": TITLE} | {field: value}
    answer = browse_as(Role.CITY_HEALTH_CLERK).post("/editions/new/", data)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert field in answer.context["form"].errors


def test_it_is_sent_back_with_a_reason(office: Office) -> None:
    edition = propose(office)
    reviewer = browse_as(Role.CITY_HEALTH_REVIEWER)
    assert reviewer.post(f"/editions/{edition.uid}/return/", {"reason": ""}).status_code == 422
    reviewer.post(f"/editions/{edition.uid}/return/", {"reason": "标题有误"})
    clerk = browse_as(Role.CITY_HEALTH_CLERK)
    assert "已退回：标题有误" in page_of(clerk, f"/editions/{edition.uid}/")


def test_the_day_s_target_table_names_the_edition(office: Office) -> None:
    client = browse_as(Role.LEADER)
    day = f"/targets/?as_of={DUE_DAY}"
    assert "本日已定版" not in page_of(client, day)
    edition = publish(office)
    page = page_of(client, day)
    assert "本日已定版" in page
    assert f"/editions/{edition.uid}/" in page
    assert "本日已定版" not in page_of(client, f"/targets/?as_of={LATER_DAY}")


def test_corrections_are_counted_and_listed(office: Office, scene: Scene) -> None:
    edition = publish(office)
    client = browse_as(Role.CITY_HEALTH_CLERK)
    address = f"/editions/{edition.uid}/"
    assert "处更正" not in page_of(client, address)
    later = measured_again(scene)
    answer = client.get(address)
    assert answer.context["correction_count"] == len(answer.context["corrections"]) > 0
    page = answer.content.decode()
    assert f"发布后有 <strong>{answer.context['correction_count']}</strong> 处更正" in page
    assert f"/editions/new/?run={later.pk}" in page
    assert "有重算，看更正" in page_of(client, "/editions/")
    assert "看更正" in page_of(client, f"/targets/?as_of={DUE_DAY}")


def test_the_fingerprint_is_checked_on_a_page(office: Office, scene: Scene) -> None:
    edition = publish(office)
    page = page_of(browse_as(Role.LEADER), f"/editions/{edition.uid}/check/")
    assert "相符：" in page
    scene.target.threshold = 1
    scene.target.save()
    page = page_of(browse_as(Role.LEADER), f"/editions/{edition.uid}/check/")
    assert "不符：" in page
    assert "判定不同的目标" in page


def test_a_district_sees_its_own_figures_only(office: Office, scene: Scene) -> None:
    edition = publish(office)
    measured_again(scene)
    clerk = browse_as(Role.DISTRICT_HEALTH_CLERK, scene.city.west)
    answer = clerk.get(f"/editions/{edition.uid}/")
    assert [region.name for region in answer.context["table"].regions] == ["西区", "西街道"]
    assert answer.context["corrections"] == []


def queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_more_editions_ask_no_more_queries(office: Office, scene: Scene) -> None:
    client = browse_as(Role.CITY_HEALTH_CLERK)
    publish(office)
    one = queries(client, "/editions/")
    for day in range(1, 6):
        publish(office, store_run(scene.city.city, date(2019, 1, day)), title=f"第{day}份")
    assert queries(client, "/editions/") == one


def test_more_regions_ask_no_more_queries(office: Office, scene: Scene) -> None:
    client = browse_as(Role.CITY_HEALTH_CLERK)
    edition = publish(office)
    address = f"/editions/{edition.uid}/"
    make_team(scene.hospitals[0], scene.city.east_community)
    measured_again(scene)
    few = queries(client, address)
    check = queries(client, f"{address}check/")
    for _ in range(3):
        measured_again(scene)
    assert queries(client, address) == few
    assert queries(client, f"{address}check/") == check
