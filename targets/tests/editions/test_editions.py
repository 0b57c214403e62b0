"""Editions: what may be published, by whom, what stays, and what later runs correct."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from io import StringIO
from itertools import pairwise

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.db.models import F

from contracts.tests.factories import make_person, make_signup, make_team
from institutions.models import GreenChannel, RegionLevel, RegionPlacement
from institutions.models.services import FULL_CHANNEL
from institutions.tests.factories import LONG_AGO, make_health, make_licence, make_region
from targets.editions.actions import propose_edition, publish_edition, return_edition
from targets.editions.canonical import seal
from targets.editions.checking import _listed, check
from targets.editions.content import lines_of, targets_on
from targets.editions.corrections import corrections, later_runs
from targets.editions.listing import offered_runs
from targets.editions.marks import marks_on
from targets.editions.work import to_publish
from targets.indicators.catalogue import CATALOGUE
from targets.models import Edition, EditionState, IndicatorRun, RunStatus, Target
from targets.tests import page_scene
from targets.tests.editions.editions import (
    AT,
    FIRST_DAY,
    Office,
    actor_of,
    make_office,
    propose,
    publish,
    run_on_due_day,
)
from targets.tests.page_scene import DUE_DAY, LATER_DAY, Scene, make_target, store_run
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user
from yiyang.changelog.models import ChangeEntry


@pytest.fixture
def office(scene: Scene) -> Office:
    return make_office()


def corrected_run(scene: Scene) -> IndicatorRun:
    """全市 4/6 改为 5/7：东区补登一家开通的医院。"""
    hospital = make_health(scene.city.east_street)
    make_licence(hospital)
    GreenChannel.objects.create(institution=hospital, steps=FULL_CHANNEL, starts_on=LONG_AGO)
    return store_run(scene.city.city, DUE_DAY)


def test_a_published_edition_says_all_of_it(office: Office) -> None:
    edition = publish(office)
    assert (edition.number, edition.supersedes, edition.state) == (1, None, "PUBLISHED")
    assert (edition.first_day, edition.last_day) == (FIRST_DAY, DUE_DAY)
    assert len(edition.fingerprint) == 64
    assert check(edition).is_identical


def test_the_same_run_never_has_the_same_fingerprint_twice(office: Office) -> None:
    """With a random number nobody can try out which small count fits."""
    first = propose(office)
    return_edition(by=office.reviewer, edition=first, answer="标题有误")
    assert propose(office).fingerprint != first.fingerprint


@pytest.mark.parametrize("column", range(5))
def test_any_figure_that_is_not_as_it_was_is_found_and_named(scene: Scene, column: int) -> None:
    """As if one stored integer had become one less since the edition was made."""
    run, east = run_on_due_day(), scene.city.east.code
    lines = list(lines_of(run, "nonce", targets_on(run)))
    at = next(n for n, one in enumerate(lines) if one.cells[:3] == (east, "GC17", "standard"))
    cells = list(lines[at].cells)
    cells[3 + column] = int(str(cells[3 + column])) + 1
    lines[at] = replace(lines[at], cells=tuple(cells))
    sealed = seal(lines)
    kept = Edition(run=run, nonce="nonce", fingerprint=sealed.fingerprint, digests=sealed.digests)
    told = {one.title: one.text for one in check(kept).differences}
    assert told.pop("数不同的区划") == "东区"
    assert "绿色通道" in told.pop("数不同的指标")
    assert not told


def test_a_target_corrected_later_is_named_as_a_judgement(office: Office) -> None:
    edition = publish(office)
    Target.objects.update(threshold=Decimal("0.6"))
    told = {one.title: one.text for one in check(edition).differences}
    assert set(told) == {"判定不同的区划", "判定不同的目标"}
    assert told["判定不同的目标"] == "目标1"
    assert "东区" in told["判定不同的区划"]


def test_a_target_entered_later_is_no_difference(office: Office, scene: Scene) -> None:
    edition = publish(office)
    make_target(scene.policy, scene.city.city, "GC17", 2)
    assert check(edition).is_identical


def test_what_changed_since_it_was_proposed_is_not_published(office: Office) -> None:
    edition = propose(office)
    Target.objects.update(threshold=Decimal("0.6"))
    with pytest.raises(ValidationError, match="重新提请"):
        publish_edition(by=office.reviewer, edition=edition, at=AT)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.CITY_HEALTH_CLERK}))
def test_only_the_city_s_clerks_propose(scene: Scene, role: Role) -> None:
    with pytest.raises(PermissionDenied):
        propose_edition(
            by=actor_of(open_user(role)), run=run_on_due_day(), title="x", first_day=FIRST_DAY
        )


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.CITY_HEALTH_REVIEWER}))
def test_only_the_city_s_reviewers_publish(office: Office, role: Role) -> None:
    edition = propose(office)
    by = actor_of(open_user(role))
    with pytest.raises(PermissionDenied):
        publish_edition(by=by, edition=edition, at=AT)
    with pytest.raises(PermissionDenied):
        return_edition(by=by, edition=edition, answer="不妥")


def test_the_database_wants_two_persons(office: Office) -> None:
    edition = propose(office)
    with pytest.raises(IntegrityError, match="targets_edition_two_persons"), transaction.atomic():
        Edition.objects.filter(pk=edition.pk).update(
            state=EditionState.PUBLISHED,
            number=1,
            decided_by=F("proposed_by"),
            decided_on=DUE_DAY,
        )


def test_an_edition_is_decided_once(office: Office) -> None:
    edition = publish(office)
    with pytest.raises(ValidationError, match="已经发布或退回"):
        publish_edition(by=office.reviewer, edition=edition, at=AT)


def test_what_is_sent_back_has_its_reason_and_is_decided(office: Office) -> None:
    edition = propose(office)
    with pytest.raises(ValidationError, match="请写明原因"):
        return_edition(by=office.reviewer, edition=edition, answer=" ")
    return_edition(by=office.reviewer, edition=edition, answer="标题有误")
    for act in (
        lambda: return_edition(by=office.reviewer, edition=edition, answer="再退"),
        lambda: publish_edition(by=office.reviewer, edition=edition, at=AT),
    ):
        with pytest.raises(ValidationError, match="已经发布或退回"):
            act()


@pytest.mark.parametrize(
    "values", [{"title": "别的"}, {"state": "PROPOSED"}, {"fingerprint": "0" * 64}, {"digests": {}}]
)
def test_a_published_edition_never_changes(office: Office, values: dict[str, object]) -> None:
    edition = publish(office)
    with pytest.raises(IntegrityError, match="不再改动"), transaction.atomic():
        Edition.objects.filter(pk=edition.pk).update(**values)


def test_only_the_decision_is_written_on_a_proposal(office: Office) -> None:
    edition = propose(office)
    with pytest.raises(IntegrityError, match="不再改动"), transaction.atomic():
        Edition.objects.filter(pk=edition.pk).update(fingerprint="0" * 64)


def test_an_unfinished_run_is_no_edition(office: Office, scene: Scene) -> None:
    run = run_on_due_day()
    at = run.started_at
    other = IndicatorRun.objects.create(
        as_of=DUE_DAY, region=scene.city.city, started_at=at, heartbeat_at=at
    )
    assert other.status == RunStatus.STARTED
    with pytest.raises(ValidationError, match="完成的全市量度"):
        propose(office, other)
    edition = propose(office, run)
    values = {name: getattr(edition, name) for name in ("title", "first_day", "last_day")}
    with pytest.raises(IntegrityError, match="完成的全市量度"), transaction.atomic():
        Edition.objects.create(
            run=other,
            digests={},
            fingerprint="0" * 64,
            proposed_by=edition.proposed_by,
            proposed_on=DUE_DAY,
            **values,
        )


def test_a_run_is_proposed_once_for_a_period(office: Office) -> None:
    propose(office)
    with pytest.raises(ValidationError, match="已经提请或发布过"):
        propose(office)


def test_later_corrections_are_listed_cell_by_cell(office: Office, scene: Scene) -> None:
    edition = publish(office)
    later = corrected_run(scene)
    assert later_runs(edition) == [later]
    found = corrections(edition, later, office.reviewer)
    rows = {
        (one.region.name, one.indicator.reading): (one.before.fraction, one.after.fraction)
        for one in found
    }
    assert rows[("测试市", "standard")] == ("4/6", "5/7")
    assert rows[("东区", "standard")] == ("3/4", "4/5")
    assert ("西区", "standard") not in rows


def test_a_region_only_one_run_holds_is_told_as_new_or_gone(office: Office, scene: Scene) -> None:
    runs = [run_on_due_day()]
    make_region("北区", RegionLevel.DISTRICT, scene.city.city)
    runs.append(store_run(scene.city.city, DUE_DAY))
    RegionPlacement.objects.filter(region__name="北区").update(starts_on=LATER_DAY)
    runs.append(store_run(scene.city.city, DUE_DAY))
    told = [
        {
            (one.region.name, one.before.value, one.after.value)
            for one in corrections(publish(office, run), later, office.reviewer)
        }
        for run, later in pairwise(runs)
    ]
    assert told == [{("北区", "原无（新增）", "无数据")}, {("北区", "无数据", "取消")}]


def test_an_indicator_only_one_run_holds_is_told_once_for_the_city(
    office: Office, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_scene, "CATALOGUE", [one for one in CATALOGUE if one.code != "GC17"])
    without = store_run(scene.city.city, DUE_DAY, ("GC20",))
    monkeypatch.undo()
    whole = store_run(scene.city.city, DUE_DAY, ("GC20",))
    found = corrections(publish(office, without), whole, office.reviewer)
    assert {one.indicator.code for one in found} == {"GC17"}
    assert {(one.region.name, one.before.value) for one in found} == {("测试市", "原无（新增）")}


def test_of_many_names_the_first_twenty_are_told() -> None:
    names = [f"指标{n}" for n in range(21)]
    assert _listed(names[:20]) == "、".join(names[:20])
    assert _listed(names) == "、".join(names[:20]) + "等 21 项"


def test_a_clerk_is_offered_the_newest_run_of_each_day_and_the_one_asked_for(
    office: Office, scene: Scene
) -> None:
    old, newest = run_on_due_day(), store_run(scene.city.city, DUE_DAY)
    offered = offered_runs(office.clerk)
    assert [run.as_of for run in offered] == sorted({run.as_of for run in offered}, reverse=True)
    assert newest in offered
    assert old not in offered
    assert offered_runs(office.clerk, newest.pk) == offered
    assert offered_runs(office.clerk, old.pk) == [old, *offered]
    assert offered_runs(office.reviewer, old.pk) == []


def test_a_new_edition_stands_for_the_old_one_which_stays(office: Office, scene: Scene) -> None:
    first = publish(office)
    later = corrected_run(scene)
    second = publish(office, later, title="2017年度医养结合指标（更正）")
    first.refresh_from_db()
    assert (second.number, second.supersedes, first.state) == (2, first, "PUBLISHED")
    assert later_runs(second) == []
    assert [(one.edition, one.is_same_run) for one in marks_on(later, office.reviewer)] == [
        (second, True)
    ]
    assert check(first).is_identical


def test_small_counts_are_in_the_fingerprint_and_in_no_correction_shown(
    office: Office, scene: Scene
) -> None:
    hospital = scene.hospitals[0]
    team = make_team(hospital, scene.city.east_community)
    runs = []
    for _ in range(2):
        make_signup(make_person(scene.city.east_community), team)
        runs.append(store_run(scene.city.city, DUE_DAY, ("GC17", "FD17")))
    edition = publish(office, runs[0])
    leader = actor_of(open_user(Role.LEADER))
    assert check(edition).is_identical
    assert corrections(edition, runs[1], leader) == []
    found = corrections(edition, runs[1], office.reviewer)
    assert {one.indicator.code for one in found} == {"FD17"}


def test_the_log_knows_who_and_not_the_random_number(office: Office) -> None:
    edition = publish(office)
    entries = ChangeEntry.objects.of("targets_edition", edition.pk)
    assert [one.change.actor_id for one in entries] == [
        office.clerk.user_id,
        office.reviewer.user_id,
    ]
    assert edition.nonce not in str(list(entries.values()))


def test_what_waits_is_on_the_list_of_the_other_person(office: Office) -> None:
    edition = propose(office)
    own = replace(office.reviewer, user_id=office.clerk.user_id)
    assert list(to_publish(office.reviewer)) == [edition]
    assert list(to_publish(own)) == []


def test_the_command_checks_every_edition(office: Office) -> None:
    publish(office)
    told = StringIO()
    call_command("verify_editions", stdout=told)
    assert told.getvalue() == "2017年度医养结合指标（第1版）：相符\n"
    Target.objects.update(threshold=Decimal("0.6"))
    with pytest.raises(CommandError, match="1 份定版"):
        call_command("verify_editions", stdout=told)
    assert "判定不同的目标：目标1" in told.getvalue()
