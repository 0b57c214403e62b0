"""The work list collects what its sources say, and says so where one of them fails."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from yiyang import work
from yiyang.access.models import User
from yiyang.access.roles import Permission, Role
from yiyang.access.scope import Actor, known_actor, unknown_actor
from yiyang.access.tests.accounts import open_user
from yiyang.asked import Asked
from yiyang.work import Severity, WorkGroup, WorkItem, WorkSource, severity_of, work_of

DAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def no_other_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "_sources", {})


def source(name: str, number: int = 1, **fields: Any) -> WorkSource:
    filled: dict[str, Any] = {
        "group": WorkGroup.TASK,
        "order": 10,
        "permission": Permission.VIEW_TARGETS,
        "items": lambda actor, day, limit: [WorkItem(name, "/")] * min(limit, number),
        **fields,
    }
    return WorkSource(id=name, title=name, count=lambda actor, day: number, **filled)


def clerk(role: Role = Role.LEADER) -> Actor:
    return Actor(DAY, 1, role, known_permissions(role))


def known_permissions(role: Role) -> frozenset[Permission]:
    return known_actor(0, role, DAY).permissions


@pytest.mark.django_db
def test_sections_come_in_the_order_of_groups_and_lines_in_their_own() -> None:
    work.register_work(source("second", group=WorkGroup.IMPORT))
    work.register_work(source("later", order=20))
    work.register_work(source("first", order=10))
    found = work_of(clerk(), day=DAY)
    told = [(part.title, [line.source.id for line in part.lines]) for part in found.sections]
    assert told == [("任务与督办", ["first", "later"]), ("导入", ["second"])]


@pytest.mark.django_db
def test_the_same_id_replaces() -> None:
    work.register_work(source("one", 3))
    work.register_work(source("one", 5))
    assert [line.number for line in work_of(clerk(), day=DAY).sections[0].lines] == [5]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "sees"), [(Role.LEADER, False), (Role.CITY_HEALTH_REVIEWER, True)]
)
def test_a_source_is_only_for_those_it_permits(role: Role, sees: bool) -> None:
    work.register_work(source("check", permission=Permission.REVIEW))
    assert bool(work_of(clerk(role), day=DAY).sections) is sees


def test_an_unknown_actor_gets_nothing() -> None:
    work.register_work(source("one"))
    assert work_of(unknown_actor(DAY), day=DAY) == work.WorkList((), ())
    assert work.line_of("one", unknown_actor(DAY), day=DAY, limit=1) is None


@pytest.mark.django_db
def test_what_is_in_order_is_named_apart() -> None:
    work.register_work(source("clear", 0))
    found = work_of(clerk(), day=DAY)
    assert not found.sections
    assert [line.source.id for line in found.clear] == ["clear"]


@pytest.mark.django_db
def test_a_source_that_fails_says_so_and_spares_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(actor: Actor, day: date, limit: int) -> list[WorkItem]:
        raise ValueError("欧阳兰芝")

    work.register_work(source("broken", items=broken))
    work.register_work(source("sound"))
    lines = {line.source.id: line for line in work_of(clerk(), day=DAY).sections[0].lines}
    assert lines["broken"].error == work.FAILED
    assert (lines["sound"].number, lines["sound"].error) == (1, "")
    assert [one.getMessage() for one in caplog.records] == ["work source broken failed"]


@pytest.mark.django_db
def test_rows_of_all_sources_are_counted_in_one_query(django_assert_num_queries: Any) -> None:
    actor = clerk()
    for number in (0, 2):
        open_user(Role.LEADER)
        kept = User.objects.filter(pk__gt=0 if number else 10**9)
        work.register_work(counted(f"rows-{number}", lambda actor, day, kept=kept: kept))
    work.register_work(counted("none", lambda actor, day: User.objects.none()))
    with django_assert_num_queries(1):
        found = work_of(actor, day=DAY)
    assert [(one.source.id, one.number) for one in found.sections[0].lines] == [("rows-2", 2)]
    assert [one.source.id for one in found.clear] == ["none", "rows-0"]


@pytest.mark.django_db
def test_rows_that_fail_are_told_and_the_others_counted_by_themselves() -> None:
    def broken(actor: Actor, day: date) -> Any:
        raise ValueError("坏了")

    open_user(Role.LEADER)
    work.register_work(counted("broken", broken))
    work.register_work(counted("sound", lambda actor, day: User.objects.all()))
    lines = {line.source.id: line for line in work_of(clerk(), day=DAY).sections[0].lines}
    assert lines["broken"].error == work.FAILED
    assert lines["sound"].number == 1


def counted(name: str, rows: Any) -> WorkSource:
    return WorkSource(
        id=name,
        title=name,
        group=WorkGroup.TASK,
        order=10,
        permission=Permission.VIEW_TARGETS,
        rows=rows,
    )


def test_what_is_worked_out_at_once_is_counted_and_cut_off() -> None:
    items = [WorkItem(str(n), "/") for n in range(5)]
    few = WorkSource(
        id="few",
        title="few",
        group=WorkGroup.TASK,
        order=10,
        permission=Permission.VIEW_TARGETS,
        everything=lambda actor, day, asked: asked.once(lambda: items),
    )
    work.register_work(few)
    line = work_of(clerk(), day=DAY).sections[0].lines[0]
    assert (line.number, [one.text for one in line.items]) == (5, ["0", "1", "2"])
    whole = work.line_of("few", clerk(), day=DAY, limit=500)
    assert whole is not None
    assert len(whole.items) == 5


def test_what_was_asked_once_is_not_asked_again() -> None:
    asked, answers = Asked(), []

    def ask(about: int) -> int:
        answers.append(about)
        return about * 2

    assert [asked.once(ask, 1), asked.once(ask, 1), asked.once(ask, 2)] == [2, 2, 4]
    assert answers == [1, 2]


@pytest.mark.parametrize(
    ("days_left", "word"),
    [(-1, "超期"), (0, "紧急"), (15, "紧急"), (16, "临近"), (30, "临近"), (31, "待办")],
)
def test_how_near_a_day_is(days_left: int, word: str) -> None:
    severity = severity_of(DAY + timedelta(days=days_left), DAY)
    assert severity is Severity(severity)
    assert severity.label == word
