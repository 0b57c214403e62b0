"""A city with its bureaus, people and two measured days, for the tests of 建议提案."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from django.utils import timezone

from targets.indicators.calculation import Figure
from targets.indicators.catalogue import BY_KEY, CATALOGUE
from targets.indicators.measure import tree_on
from targets.indicators.slots import FigureRow
from targets.models import (
    Bureau,
    IndicatorRun,
    Proposal,
    ProposalFigure,
    ProposalKind,
    ProposalResult,
    ProposalVerb,
    ProposerKind,
    RunStatus,
)
from targets.proposals.actions import (
    Registration,
    StepSaid,
    draft_reply,
    register_proposal,
    take_step,
)
from targets.proposals.actions_figures import Wanted, add_figure
from targets.runs.storing import store_figures
from targets.tests.factories import City
from targets.tests.task_scene import actor_of, make_bureau, make_liaison, make_user
from yiyang.access.models import User
from yiyang.access.roles import Role

MONDAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
LAST_YEAR, THIS_YEAR = date(2025, 2, 28), date(2026, 2, 28)
CERTIFIED, PAIRS = ("DUAL", "both_certificates"), ("PAIR", "total")
SIGNED = ("FD17", "all_residents")
Numbers = Mapping[tuple[str, str], tuple[int | None, int | None]]
V = ProposalVerb


@dataclass(frozen=True)
class Scene:
    """Who works on proposals, and where."""

    city: City
    health: Bureau
    civil: Bureau
    people: dict[str, User]


def make_scene(city: City) -> Scene:
    health, civil = make_bureau("卫生健康委"), make_bureau("民政局")
    people = {
        "clerk": make_user(Role.CITY_HEALTH_CLERK),
        "checker": make_user(Role.CITY_HEALTH_REVIEWER),
        "assistant": make_liaison(civil),
        "other": make_liaison(make_bureau("财政局")),
        "leader": make_user(Role.LEADER),
        "district": make_user(Role.DISTRICT_HEALTH_CLERK),
    }
    return Scene(city, health, civil, people)


def registration_of(scene: Scene, **fields: Any) -> Registration:
    said = Registration(
        kind=ProposalKind.RECOMMENDATION,
        year=2026,
        number="第12号",
        title="关于加快医养结合机构建设的建议",
        proposer_kind=ProposerKind.DELEGATION,
        proposer="测试代表团",
        assigned_on=MONDAY,
        due_by=date(2026, 6, 2),
        lead=scene.health,
    )
    return replace(said, **fields)


def registered(scene: Scene, **fields: Any) -> Proposal:
    return register_proposal(
        by=actor_of(scene.people["clerk"], MONDAY),
        region=scene.city.city,
        registration=registration_of(scene, **fields),
        assistants=[scene.civil],
    )


def step(
    scene: Scene, proposal: Proposal, who: str, verb: V, day: date = MONDAY, **said: Any
) -> Proposal:
    told = StepSaid(**{"text": "情况", **said})
    by = actor_of(scene.people[who], day)
    return take_step(by=by, proposal=proposal, verb=verb, at=NOON, said=told)


def drafted(scene: Scene, proposal: Proposal, reply: str = "已全部办结。") -> Proposal:
    by = actor_of(scene.people["clerk"], MONDAY)
    return draft_reply(by=by, proposal=proposal, reply=reply, result=ProposalResult.SOLVED)


def store_numbers(city: City, day: date, numbers: Numbers, reason: str = "") -> IndicatorRun:
    """A published run of the day in which the whole city has these figures, all else no data."""
    at = timezone.now()
    run = IndicatorRun.objects.create(
        as_of=day, region=city.city, started_at=at, heartbeat_at=at, reason=reason
    )
    figures = [Figure(*numbers.get(one.key, (None, None))) for one in CATALOGUE]
    row = FigureRow(*zip(*(astuple(figure) for figure in figures), strict=True))
    zero = FigureRow(*zip(*(astuple(Figure(0, None)) for _ in CATALOGUE), strict=True))
    tree = tree_on(day, city.city.pk)
    rows = {pk: row if pk == city.city.pk else zero for pk in tree.top_down}
    store_figures(run, CATALOGUE, rows, tree)
    run.status, run.finished_at, run.seen_number = RunStatus.DONE, at, 0
    run.save()
    return run


def wanted_of(scene: Scene, **fields: Any) -> Wanted:
    said = Wanted(
        name="全市医养结合机构",
        indicator=BY_KEY[CERTIFIED],
        side="VALUE",
        region=scene.city.city,
        day=THIS_YEAR,
        earlier_day=LAST_YEAR,
    )
    return replace(said, **fields)


def figure_added(scene: Scene, proposal: Proposal, **fields: Any) -> ProposalFigure:
    by = actor_of(scene.people["clerk"], MONDAY)
    return add_figure(by=by, proposal=proposal, wanted=wanted_of(scene, **fields))
