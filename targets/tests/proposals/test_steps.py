"""建议提案: who takes which step from where, makers and checkers, terms, who sees what."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from targets.models import Proposal, ProposalEvent
from targets.models import ProposalState as S
from targets.models import ProposalVerb as V
from targets.proposals.actions import amend_proposal
from targets.proposals.clock import due_from
from targets.proposals.register import shown_proposals
from targets.proposals.states import STEPS, parties_of, steps_from
from targets.supervision.lights import Light
from targets.tests.factories import City
from targets.tests.proposals.scene import (
    MONDAY,
    Scene,
    drafted,
    make_scene,
    registered,
    registration_of,
    step,
)
from targets.tests.task_scene import actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(city: City) -> Scene:
    return make_scene(city)


WAYS: dict[str, list[tuple[str, V]]] = {
    "REGISTERED": [],
    "HANDLING": [("clerk", V.TAKE)],
    "DRAFTING": [("clerk", V.TAKE), ("clerk", V.DRAFT)],
    "REVIEW": [("clerk", V.TAKE), ("clerk", V.DRAFT), ("clerk", V.SUBMIT)],
    "DECLINED": [("clerk", V.DECLINE)],
}
WAYS["APPROVED"] = [*WAYS["REVIEW"], ("checker", V.APPROVE)]
WAYS["ANSWERED"] = [*WAYS["APPROVED"], ("clerk", V.ANSWER)]
WAYS["UNHAPPY"] = [*WAYS["ANSWERED"], ("clerk", V.JUDGE)]
WAYS["ARCHIVED"] = [*WAYS["UNHAPPY"], ("clerk", V.ARCHIVE)]


def brought_to(scene: Scene, state: str, **fields: Any) -> Proposal:
    """A proposal in the state, the way people bring it there."""
    proposal = registered(scene, **fields)
    for who, verb in WAYS[state]:
        if verb is V.DRAFT:
            proposal = drafted(scene, proposal)
        else:
            proposal = step(scene, proposal, who, verb, satisfaction="DISSATISFIED")
    return proposal


# 每个状态下谁能做什么、做完到哪个状态；没有写的一概不许。UNHAPPY 是已答复、反馈不满意。
ALLOWED = {
    ("REGISTERED", "clerk", V.TAKE): "HANDLING",
    **{
        (state, "clerk", V.EXTEND): state
        for state in ("REGISTERED", "HANDLING", "DRAFTING", "REVIEW", "APPROVED")
    },
    **{
        (state, who, V.DECLINE): "DECLINED"
        for state in ("REGISTERED", "HANDLING")
        for who in ("clerk", "checker")
    },
    ("HANDLING", "assistant", V.OPINE): "HANDLING",
    ("DRAFTING", "assistant", V.OPINE): "DRAFTING",
    ("DRAFTING", "clerk", V.SUBMIT): "REVIEW",
    ("REVIEW", "checker", V.APPROVE): "APPROVED",
    ("REVIEW", "checker", V.RETURN): "DRAFTING",
    ("APPROVED", "clerk", V.ANSWER): "ANSWERED",
    ("ANSWERED", "clerk", V.JUDGE): "ANSWERED",
    ("UNHAPPY", "clerk", V.JUDGE): "ANSWERED",
    ("UNHAPPY", "clerk", V.REDO): "DRAFTING",
    ("UNHAPPY", "clerk", V.ARCHIVE): "ARCHIVED",
}


@pytest.mark.parametrize("state", WAYS)
def test_who_takes_which_step_from_which_state(scene: Scene, state: str) -> None:
    proposal = brought_to(scene, state)
    said: dict[str, Any] = {"extended_to": date(2026, 9, 1), "satisfaction": "SATISFIED"}
    took, offered = {}, set()
    for who in scene.people:
        by = actor_of(scene.people[who], MONDAY)
        now = steps_from(S(proposal.state), parties_of(by, proposal))
        offered |= {(state, who, verb) for verb in now}
        for verb in STEPS:
            with transaction.atomic():
                with suppress(ValidationError, PermissionDenied):
                    took[state, who, verb] = step(scene, proposal, who, verb, **said).state
                transaction.set_rollback(True)
    assert took == {key: end for key, end in ALLOWED.items() if key[0] == state}
    # 页面上给出的按钮与办得成的一样；满意的不能重办、没有反馈的不能归档，点了才说明。
    explained = {("ANSWERED", "clerk", verb) for verb in (V.REDO, V.ARCHIVE)}
    assert set(took) <= offered <= set(took) | explained


@pytest.mark.parametrize(
    ("state", "change"),
    [
        ("DRAFTING", {"state": S.REVIEW}),
        ("REVIEW", {"reply": ""}),
        ("REVIEW", {"result": ""}),
        ("REVIEW", {"state": S.APPROVED}),
        ("APPROVED", {"state": S.ANSWERED}),
        ("APPROVED", {"satisfaction": "SATISFIED"}),
        ("ANSWERED", {"state": S.ARCHIVED}),
        ("ANSWERED", {"answered_on": None}),
        ("REGISTERED", {"due_by": date(2026, 3, 1)}),
        ("REGISTERED", {"extended_to": date(2026, 6, 2)}),
    ],
)
def test_the_database_refuses_what_is_half_done(
    scene: Scene, state: str, change: dict[str, Any]
) -> None:
    proposal = brought_to(scene, state)
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(**change)


@pytest.mark.parametrize("field", ["drafted_by", "submitted_by"])
def test_the_database_keeps_maker_and_checker_apart(scene: Scene, field: str) -> None:
    proposal = brought_to(scene, "APPROVED")
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(**{field: scene.people["checker"]})


def test_a_number_is_registered_once_unless_it_was_given_back(scene: Scene) -> None:
    first = registered(scene)
    with pytest.raises(ValidationError, match="编号已登记"):
        registered(scene)
    registered(scene, year=2025)
    step(scene, first, "clerk", V.DECLINE)
    registered(scene)


@pytest.mark.django_db(transaction=True)
def test_two_clerks_register_the_same_number_at_once(city: City) -> None:
    """后一个人查过没有、写时才撞上：同样是中文的话，不是出错页。"""
    scene = make_scene(city)
    told: list[str] = []

    def other_clerk() -> None:
        try:
            registered(scene)
        except ValidationError as error:
            told.extend(error.messages)
        finally:
            connection.close()

    thread = threading.Thread(target=other_clerk)
    with transaction.atomic():
        registered(scene)
        thread.start()
        assert waits(thread)
    thread.join(timeout=10)
    assert told == ["本年度这一类别的这个编号已登记；请核对编号。"]
    assert Proposal.objects.count() == 1


def waits(thread: threading.Thread) -> bool:
    """Whether it comes to wait for what this transaction has written."""
    with connection.cursor() as cursor:
        while thread.is_alive():
            cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
            if cursor.fetchone()[0]:
                return True
    return False


def test_what_is_registered_changes_until_an_answer_is_submitted(scene: Scene) -> None:
    proposal, clerk = registered(scene), actor_of(scene.people["clerk"], MONDAY)
    new = registration_of(scene, title="改过的案由")
    for assistants in ([], [scene.civil], [scene.civil]):
        amend_proposal(by=clerk, proposal=proposal, registration=new, assistants=assistants)
    (shown,) = shown_proposals(Proposal.objects.all(), MONDAY)
    assert (shown.proposal.title, shown.assistant_names) == ("改过的案由", "民政局")
    with pytest.raises(ValidationError, match="承办单位不用再列"):
        amend_proposal(by=clerk, proposal=proposal, registration=new, assistants=[scene.health])
    for who, verb in WAYS["REVIEW"]:
        proposal = drafted(scene, proposal) if verb is V.DRAFT else step(scene, proposal, who, verb)
    with pytest.raises(ValidationError, match="不再改动"):
        amend_proposal(by=clerk, proposal=proposal, registration=new)


def test_nothing_is_registered_before_it_was_handed_over(scene: Scene) -> None:
    with pytest.raises(ValidationError, match="不能晚于今天"):
        registered(scene, assigned_on=date(2026, 3, 3))


# 期限、延期到、答复日、看的那天 → 灯；6 月 6 日是星期六，顺延到 8 日
@pytest.mark.parametrize(("due", "extended", "answered", "day", "light"), [
    ("2026-06-05", None, None, "2026-05-21", Light.NORMAL),
    ("2026-06-05", None, None, "2026-05-22", Light.REMIND),
    ("2026-06-05", None, None, "2026-06-05", Light.RED),
    ("2026-06-05", None, None, "2026-06-06", Light.OVERDUE),
    ("2026-06-06", None, None, "2026-06-08", Light.RED),
    ("2026-06-06", None, None, "2026-06-09", Light.OVERDUE),
    ("2026-06-05", "2026-07-03", None, "2026-06-09", Light.NORMAL),
    ("2026-06-05", None, "2026-06-05", "2026-12-01", Light.ON_TIME),
    ("2026-06-05", None, "2026-06-06", "2026-12-01", Light.LATE),
    ("2026-06-06", None, "2026-06-08", "2026-12-01", Light.ON_TIME),
])  # fmt: skip
def test_the_light_of_a_term(
    scene: Scene, due: str, extended: str | None, answered: str | None, day: str, light: Light
) -> None:
    proposal = brought_to(scene, "APPROVED", due_by=date.fromisoformat(due))
    if extended:
        step(scene, proposal, "clerk", V.EXTEND, extended_to=date.fromisoformat(extended))
    if answered:
        step(scene, proposal, "clerk", V.ANSWER, date.fromisoformat(answered))
    (shown,) = shown_proposals(Proposal.objects.all(), date.fromisoformat(day))
    assert shown.standing.light is light


def test_an_extension_needs_its_day_and_reason_and_is_later(scene: Scene) -> None:
    proposal = registered(scene)
    for said, message in (
        ({"text": " ", "extended_to": date(2026, 7, 1)}, "须写明"),
        ({"text": "会商中"}, "延到哪一天"),
        ({"text": "会商中", "extended_to": date(2026, 6, 2)}, "晚于原来的期限"),
        ({"text": "会商中", "extended_to": date(2062, 6, 3)}, "请核对年份"),
    ):
        with pytest.raises(ValidationError, match=message):
            step(scene, proposal, "clerk", V.EXTEND, **said)
    step(scene, proposal, "clerk", V.EXTEND, text="会商中", extended_to=date(2026, 7, 1))
    event = ProposalEvent.objects.filter(verb=V.EXTEND).get()
    assert event.text == "延至2026-07-01：会商中"


@pytest.mark.parametrize(("assigned", "due"), [
    ("2026-03-02", "2026-06-02"),
    ("2026-11-30", "2027-02-28"),
    ("2027-11-30", "2028-02-29"),
    ("2026-12-31", "2027-03-31"),
    ("2026-09-30", "2026-12-30"),
])  # fmt: skip
def test_a_term_of_three_months(assigned: str, due: str) -> None:
    assert due_from(date.fromisoformat(assigned)) == date.fromisoformat(due)


def test_an_answer_that_does_not_satisfy_is_worked_on_again(scene: Scene) -> None:
    proposal = brought_to(scene, "ANSWERED")
    with pytest.raises(ValidationError, match="只有反馈不满意"):
        step(scene, proposal, "clerk", V.REDO)
    with pytest.raises(ValidationError, match="先登记满意度"):
        step(scene, proposal, "clerk", V.ARCHIVE)
    step(scene, proposal, "clerk", V.JUDGE, satisfaction="DISSATISFIED", text="措施不具体")
    again = step(scene, proposal, "clerk", V.REDO, text="补充措施")
    assert (again.round, again.state, again.answered_on, again.satisfaction) == (
        *(2, S.DRAFTING, None, ""),
    )
    told = ProposalEvent.objects.filter(verb=V.JUDGE).get().text
    assert told == "不满意：措施不具体"


def test_who_sees_a_proposal(scene: Scene) -> None:
    """市级各角色与承办、会办部门看得到；别的部门、区里看不到。"""
    registered(scene)
    seers = {
        who
        for who, user in scene.people.items()
        if Proposal.objects.visible_to(actor_of(user, MONDAY)).exists()
    }
    assert seers == {"clerk", "checker", "assistant", "leader"}
