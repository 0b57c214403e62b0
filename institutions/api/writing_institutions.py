"""Writing institutions by their code: what the caller keeps at once, the rest by request only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from institutions.actions_facts import hold_profile, open_institution
from institutions.actions_many import ProfileHeld, enter_institutions, hold_profiles
from institutions.api.consent import Asking, asking_for, made_of
from institutions.api.entries import InstitutionEntry
from institutions.api.reach import NOT_HERE, Reach, lock_institutions, reach_of, unreachable
from institutions.consent import ASKABLE
from institutions.consequences import STOPPED, refuse_unsettled
from institutions.models import Institution
from yiyang.access.scope import Actor
from yiyang.api.problems import faults_of
from yiyang.api.writing import Call, Outcome, Row, RowStatus, Writing, refuse
from yiyang.dated import Written

REASON = "民政接口报送"
NEW_NEEDS = ("name", "region", "status", "elderly_kind")
HEALTH_KEEPS = ("category", "level", "grade", "departments")
MISSING = "登记新机构必须填写这一项。"
ASK_HEALTH = "这一项由卫健登记；新机构请先不写，由卫健补登。"
NO_REGION = "没有这个区划代码，请核对。"
OTHER_REGION = "这个区划不在令牌的范围内，请由所在区的令牌报送。"
CONFLICT = "与已有的登记冲突，没有写入；请读取现在的登记，核对后再发。"


@dataclass(frozen=True, slots=True)
class Plan:
    """A row ready to be written: what the institution is to be, and what is to be asked for."""

    row: Row
    held: ProfileHeld
    is_new: bool
    asked: tuple[Asking, ...] = ()


def take(call: Call, rows: Sequence[Row]) -> list[Outcome]:
    """Write the rows; several of one institution one after another, the rest together."""
    often = Counter(row.values["code"] for row in rows)
    alone = [row for row in rows if often[row.values["code"]] == 1]
    outcomes = _take(call, alone)
    for row in rows:
        if often[row.values["code"]] > 1:
            outcomes += _take(call, [row])
    return outcomes


def lookup(actor: Actor, row: Row) -> str | None:
    """An institution is addressed by its code."""
    return str(row.values["code"])


def _take(call: Call, rows: Sequence[Row]) -> list[Outcome]:
    if not rows:
        return []
    codes = [row.values.get(name) or "" for row in rows for name in ("code", "host")]
    reach = reach_of(call.actor, codes, [row.values.get("region") or "" for row in rows])
    found = [_plan(call, reach, row) for row in rows]
    decided = [one for one in found if isinstance(one, Outcome)]
    return [*decided, *_write(call, [one for one in found if isinstance(one, Plan)])]


def _plan(call: Call, reach: Reach, row: Row) -> Plan | Outcome:
    """What is to be done about the row; its outcome where nothing is."""
    code = row.values["code"]
    institution = reach.institutions.get(code)
    if institution is None and code in reach.taken:
        return unreachable(reach, row, "code")
    wanted, fault = _wanted(reach, row)
    if fault is not None:
        return fault
    known = reach.profiles[institution.pk] if institution is not None else []
    held = ProfileHeld(
        institution or Institution(code=code), row.values["starts_on"], wanted, known
    )
    if held.current is None:
        return _plan_new(row, held)
    return _plan_change(call, row, held)


def _plan_new(row: Row, held: ProfileHeld) -> Plan | Outcome:
    """An institution not registered by then: it has no other side that could consent."""
    if foreign := [name for name in HEALTH_KEEPS if held.profile.get(name)]:
        faults = tuple(row.fault(ASK_HEALTH, "needs_consent", name) for name in foreign)
        return Outcome(row, RowStatus.NEEDS_CONSENT, faults)
    if missing := [name for name in NEW_NEEDS if not held.profile.get(name)]:
        faults = tuple(row.fault(MISSING, "required", name) for name in missing)
        return Outcome(row, RowStatus.REFUSED, faults)
    return Plan(row, held, held.institution.pk is None)


def _plan_change(call: Call, row: Row, held: ProfileHeld) -> Plan | Outcome:
    current = held.current
    assert current is not None
    asking = asking_for(call.actor, row, current, held.profile)
    if asking and not call.asks:
        faults = tuple(one.fault for group in asking for one in group.refused)
        return Outcome(row, RowStatus.NEEDS_CONSENT, faults)
    if waiting := [group.obstacle for group in asking if group.obstacle is not None]:
        return Outcome(row, RowStatus.NEEDS_CONSENT, tuple(waiting))
    foreign = {one.name for group in asking for one in group.refused}
    own = {name: value for name, value in held.profile.items() if name not in foreign}
    merged = {name: getattr(current, name) for name in ASKABLE} | own
    if fault := _unsettled(row, held, merged):
        return fault
    return Plan(row, replace(held, profile=merged), is_new=False, asked=tuple(asking))


def _unsettled(row: Row, held: ProfileHeld, merged: Mapping[str, Any]) -> Outcome | None:
    assert held.current is not None
    if merged["status"] == held.current.status or merged["status"] not in STOPPED:
        return None
    try:
        refuse_unsettled(held.institution, merged["status"], held.starts_on)
    except ValidationError as error:
        return refuse(row, "；".join(error.messages), "conflict", "status")
    return None


def _wanted(reach: Reach, row: Row) -> tuple[dict[str, Any], Outcome | None]:
    """The profile's fields as the register stores them, or what names nothing in reach."""
    wanted = {name: row.values[name] for name in ASKABLE if name in row.values}
    if (code := wanted.get("region")) is not None:
        if code not in reach.known_regions:
            return {}, refuse(row, NO_REGION, "not_found_region", "region")
        if code not in reach.regions:
            return {}, refuse(row, OTHER_REGION, "out_of_scope", "region")
        wanted["region"] = reach.regions[code]
    if host := wanted.get("host"):
        if host not in reach.institutions:
            return {}, refuse(row, NOT_HERE.format(code=host), "not_found_host", "host")
        wanted["host"] = reach.institutions[host]
    return wanted, None


def _write(call: Call, plans: Sequence[Plan]) -> list[Outcome]:
    """Plain plans in a few statements; where that fails, one by one, to find which and why."""
    plain = [plan for plan in plans if not plan.asked]
    rest = [plan for plan in plans if plan.asked]
    if len(plain) > 1:
        try:
            with transaction.atomic():
                return _write_together(call, plain) + [_write_alone(call, plan) for plan in rest]
        except (IntegrityError, ValidationError):
            pass
    return [_write_alone(call, plan) for plan in plans]


def _write_together(call: Call, plans: Sequence[Plan]) -> list[Outcome]:
    new = [plan.row.values["code"] for plan in plans if plan.is_new]
    made = {one.code: one for one in enter_institutions(by=call.actor, codes=new, reason=REASON)}
    held = [
        replace(plan.held, institution=made.get(plan.row.values["code"], plan.held.institution))
        for plan in plans
    ]
    written = hold_profiles(by=call.actor, held=held, reason=REASON)
    return [Outcome(plan.row, RowStatus(did)) for plan, did in zip(plans, written, strict=True)]


def _write_alone(call: Call, plan: Plan) -> Outcome:
    """The row and the requests it leads to: all of it or nothing."""
    row = plan.row
    try:
        with transaction.atomic():
            written = _hold(call, plan)
            requests = made_of(call.actor, plan.held.institution, row, plan.asked)
    except ValidationError as error:
        return Outcome(row, RowStatus.REFUSED, tuple(faults_of(error, row.pointer)))
    except IntegrityError:
        return refuse(row, CONFLICT, "conflict")
    return Outcome(row, RowStatus(written), requests=requests)


def _hold(call: Call, plan: Plan) -> Written:
    held = plan.held
    if plan.is_new:
        open_institution(
            by=call.actor,
            code=held.institution.code,
            starts_on=held.starts_on,
            reason=REASON,
            profile=held.profile,
        )
        return Written.NEW
    return hold_profile(
        by=call.actor,
        institution=held.institution,
        starts_on=held.starts_on,
        profile=held.profile,
        reason=REASON,
    )


WRITING = Writing(
    entry=InstitutionEntry,
    keys=("code", "starts_on"),
    lock=lambda rows: lock_institutions(rows, "code"),
    take=take,
    lookup=lookup,
    title="机构",
)
