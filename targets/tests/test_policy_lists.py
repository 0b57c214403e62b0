"""The lists about policies: which tab on which day, what waits for whom, bureaus through time."""

from __future__ import annotations

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from targets.models import (
    Bureau,
    BureauName,
    Confirmation,
    EntryState,
    PolicyDocument,
    Target,
    ValidityStatus,
)
from targets.policies.bureaus import bureau_lines
from targets.policies.slugs import slug_of
from targets.policies.work import sent_back, to_decide, to_publish
from targets.tests.page_scene import Scene, browse_as
from targets.tests.policy_scene import (
    add_target,
    make_bureau,
    make_draft,
    make_published,
    make_revision,
)
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.scope import Actor, known_actor
from yiyang.access.tests.accounts import open_user

TODAY = date(2026, 11, 24)


def actor_of(user: User) -> Actor:
    return known_actor(user.pk, user.role, TODAY)


def test_each_policy_stands_in_the_tabs_it_belongs_to(scene: Scene) -> None:
    clerk = open_user(Role.CITY_HEALTH_CLERK)
    city = scene.city.city
    make_published(city, clerk)
    make_draft(city, clerk)
    submitted = {"entry_state": EntryState.SUBMITTED, "submitted_by": clerk}
    make_draft(city, clerk, slug="submitted", number="测〔2017〕3号", **submitted)
    discarded = {"entry_state": EntryState.DISCARDED, "entry_note": "重复"}
    make_draft(city, clerk, slug="discarded", number="测〔2017〕4号", **discarded)
    expected = {
        "current": ["later"],
        "historical": ["test-policy"],
        "unconfirmed": ["test-policy"],
        "drafts": ["submitted", "draft"],
    }
    for role in (Role.CITY_HEALTH_CLERK, Role.CITY_HEALTH_REVIEWER):
        assert shown_to(role) == expected
    expected.pop("drafts")
    assert shown_to(Role.LEADER) == expected


def shown_to(role: Role) -> dict[str, list[str]]:
    tabs = browse_as(role).get("/policies/").context["tabs"]
    return {tab.name: [line.policy.slug for line in tab.lines] for tab in tabs}


def test_what_waits_is_listed_to_who_may_do_it(scene: Scene) -> None:
    clerk, reviewer = open_user(Role.CITY_HEALTH_CLERK), open_user(Role.CITY_HEALTH_REVIEWER)
    city = scene.city.city
    submitted = {"entry_state": EntryState.SUBMITTED, "submitted_by": clerk}
    make_draft(city, clerk, **submitted)
    own = submitted | {"submitted_by": reviewer}
    make_draft(city, clerk, slug="own", number="测〔2017〕5号", **own)
    make_draft(city, clerk, slug="back", number="测〔2017〕6号", entry_note="目标值不对")
    make_revision(scene.target, clerk)
    make_revision(add_target(make_published(city, clerk), "later-1"), reviewer)
    asked = actor_of(reviewer)
    assert [policy.slug for policy in to_publish(asked)] == ["draft"]
    assert [revision.target for revision in to_decide(asked)] == [scene.target]
    assert [policy.slug for policy in sent_back(actor_of(clerk))] == ["back"]
    page = browse_as(Role.CITY_HEALTH_REVIEWER).get("/").content.decode()
    assert "待发布的政策" in page
    assert "待审核的目标更正" in page


def test_a_bureau_is_renamed_from_a_day_on(db: None) -> None:
    clerk = browse_as(Role.CITY_HEALTH_CLERK)
    make_bureau("planning", "测试市卫生计生委")
    data = {"name": "测试市卫生健康委", "is_official": "on", "reason": "机构改革"}
    way = "/bureaus/planning/names/"
    assert clerk.post(way, data | {"starts_on": "2019-01-01"}).status_code == 302
    assert clerk.post(way, data | {"starts_on": "2020-01-01"}).status_code == 422
    names = {day: bureau_lines(day)[0].name for day in (date(2018, 12, 31), date(2019, 1, 1))}
    assert names == {
        date(2018, 12, 31): "测试市卫生计生委",
        date(2019, 1, 1): "测试市卫生健康委",
    }
    page = clerk.get("/bureaus/").content.decode()
    assert "测试市卫生计生委（至 2018-12-31）" in page


def test_two_bureaus_of_one_name_on_one_day_are_refused(db: None) -> None:
    clerk = browse_as(Role.CITY_HEALTH_CLERK)
    make_bureau("civil", "测试市民政局")
    data = {"name": "测试市民政局", "starts_on": "2020-01-01"}
    answer = clerk.post("/bureaus/new/", data)
    assert answer.status_code == 422
    assert "已有部门叫" in answer.content.decode()
    BureauName.objects.update(ends_on=date(2019, 12, 31))
    assert clerk.post("/bureaus/new/", data).status_code == 302
    assert Bureau.objects.exclude(code="civil").get().code == "cssmzj"


def test_a_successor_takes_over_from_a_day_and_never_in_a_circle(db: None) -> None:
    clerk = browse_as(Role.CITY_HEALTH_CLERK)
    old, new = make_bureau("old", "测试市老龄办"), make_bureau("new-one", "测试市民政局")
    data = {"from_day": "2023-10-01", "succession_reason": "机构改革"}
    assert clerk.post("/bureaus/old/successor/", data | {"successor": new.pk}).status_code == 302
    assert old.names.get().ends_on == date(2023, 9, 30)
    lines = {line.name: line for line in bureau_lines(date(2023, 10, 1))}
    assert (lines["测试市老龄办"].is_gone, lines["测试市老龄办"].successor) == (
        True,
        "测试市民政局",
    )
    assert not {line.name: line for line in bureau_lines(date(2023, 9, 30))}["测试市老龄办"].is_gone
    answer = clerk.post("/bureaus/new-one/successor/", data | {"successor": old.pk})
    assert "绕成了圈" in answer.content.decode()


@pytest.mark.parametrize(
    ("number", "slug"),
    [
        ("乌海政办发〔2026〕12号", "whzbf-2026-12"),
        ("国卫老龄发[2022]25号", "gwllf-2022-25"),
        ("〔〕", "p"),
    ],
)
def test_an_address_is_made_from_the_number(number: str, slug: str) -> None:
    assert slug_of(number, lambda _: False) == slug
    assert slug_of(number, lambda taken: taken == slug) == f"{slug}-2"


POLICY_FILE = """
slug = "draft"
number = "测〔2030〕1号"
title = "文件里的"
issuer = "机关"
signed_on = 2017-02-09
status = "IN_FORCE"
status_seen_on = 2026-11-01
confirmation = "CONFIRMED"
"""


def test_files_leave_drafts_and_what_persons_published_alone(scene: Scene, tmp_path: Path) -> None:
    clerk = open_user(Role.CITY_HEALTH_CLERK)
    make_draft(scene.city.city, clerk)
    add_target(make_published(scene.city.city, clerk), "later-1")
    path = tmp_path / "draft.toml"
    path.write_text(POLICY_FILE, encoding="utf-8")
    with pytest.raises(CommandError, match="尚未发布的政策"):
        call_command("load_policies", str(path), stdout=StringIO())
    path.write_text(POLICY_FILE.replace('"draft"', '"shipped"'), encoding="utf-8")
    call_command("load_policies", str(path), stdout=StringIO())
    shipped = PolicyDocument.objects.get(slug="shipped")
    assert (shipped.entry_state, shipped.entered_by) == (EntryState.PUBLISHED, None)
    later = PolicyDocument.objects.get(slug="later")
    assert (later.status, later.entry_state) == (ValidityStatus.IN_FORCE, EntryState.PUBLISHED)
    assert Target.objects.get(code="later-1").confirmation == Confirmation.CONFIRMED
