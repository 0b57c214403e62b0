"""Bureaus, tasks and liaisons for tests, with required fields only."""

from __future__ import annotations

from datetime import date
from itertools import count

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from institutions.tests.factories import LONG_AGO
from targets.models import (
    Bureau,
    BureauGrant,
    BureauName,
    PolicyDocument,
    PolicyTask,
    TaskBureau,
    TaskMode,
    TaskRole,
)
from yiyang.access.demo import demo_name
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.scope import Actor, known_actor

numbers = count(1)


def make_bureau(name: str) -> Bureau:
    bureau = Bureau.objects.create(code=f"bureau-{next(numbers)}")
    BureauName.objects.create(bureau=bureau, name=name, starts_on=LONG_AGO)
    BureauName.objects.create(
        bureau=bureau, name=f"测试市{name}", is_official=True, starts_on=LONG_AGO
    )
    return bureau


def make_task(
    policy: PolicyDocument,
    *parts: tuple[TaskRole, Bureau],
    mode: TaskMode = TaskMode.LEAD_SUPPORT,
    title: str = "测试任务",
) -> PolicyTask:
    """A task with one part per bureau, in that order, under the bureau's name."""
    number = policy.tasks.count() + 1
    task = PolicyTask.objects.create(
        policy=policy, position=number, printed_number=number, mode=mode, title=title
    )
    for position, (role, bureau) in enumerate(parts, start=1):
        TaskBureau.objects.create(
            task=task,
            bureau=bureau,
            role=role,
            position=position,
            printed_name=bureau.names.get(is_official=False).name,
        )
    return task


def part_of(task: PolicyTask, bureau: Bureau) -> TaskBureau:
    return TaskBureau.objects.get(task=task, bureau=bureau)


def make_user(role: Role, username: str = "") -> User:
    """An account that nobody signs in to with a password: hashing one takes as long as a test."""
    number = next(numbers)
    user: User = User.objects.create(
        username=username or f"task-user-{number}",
        display_name="测试账号",
        staff_number=f"K-{number}",
        role=role,
        password="!",
        password_set_on=timezone.localdate(),
        must_change_password=False,
    )
    return user


def make_demo_user(role: Role) -> User:
    """The account by which the commands that fill the demo act."""
    return make_user(role, demo_name(role))


def make_liaison(bureau: Bureau) -> User:
    user = make_user(Role.BUREAU_LIAISON)
    BureauGrant.objects.create(user=user, bureau=bureau, starts_on=LONG_AGO)
    return user


def actor_of(user: User, day: date) -> Actor:
    """The account as it acts on a day."""
    return known_actor(user.pk, user.role, day)


def queries_of(browser: Client, way: str) -> int:
    """How many queries a page takes, the session's first visit already noted."""
    browser.get(way)
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(way).status_code == 200
    return len(queries)
