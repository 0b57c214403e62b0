"""Until when the dated facts behind a row hold, as expressions over the row.

A fact followed by the next one without a gap goes on: a renewal already registered is no lapse.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import (
    Case,
    DateField,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Greatest, Least

from contracts.models import (
    FamilyDoctorSignup,
    HomeSickbed,
    KeyGroupMembership,
    PartnershipAgreement,
    PersonResidence,
    ResidenceKind,
)
from contracts.models.agreements import LAST_DAY
from institutions.models import (
    CareService,
    GreenChannel,
    InstitutionProfile,
    Licence,
    ServiceForm,
    Status,
)
from targets.indicators.base import Tally
from yiyang.facts import holds_on
from yiyang.lib.ages import birth_cutoff

HORIZON_DAYS = 365
# 没有截止日的写作最大的日期，从未有过的写作最小的：取早取晚时不必另分情形。
OPEN_ENDED, NEVER = date.max, date.min

# 规则里的条件由哪一个日期事实决定；不在表中的（类别、床位数）没有截止日，视为照旧。
DECIDED_BY = {
    "status": "open_until",
    "is_open": "open_until",
    "is_licensed": "licensed_until",
    "has_channel": "channel_until",
    "is_integrated": "integrated_until",
    "has_partner": "partner_until",
    "is_filed": "filed_until",
    "has_in_house": "in_house_until",
    "has_agreement": "agreement_until",
    "has_round": "round_until",
    "has_rehabilitation": "rehabilitation_until",
    "is_in_force": "in_force_until",
    "medical_is_open": "medical_open_until",
    "elderly_is_open": "elderly_open_until",
    "medical_is_certified": "medical_licensed_until",
    "elderly_is_expired": "elderly_filed_until",
    "residence__kind": "residence_until",
    "is_dead": "alive_until",
    "is_key": "key_until",
}


def counts_until(tally: Tally, rows: QuerySet[Any]) -> Any:
    """The last day each of the tally's `rows` counted today would count if nothing is renewed.

    Read off the tally's own rule, so that forecast and figure cannot disagree. OPEN_ENDED for rows
    no date ends; None when no date decides any of them.
    """
    limits = [_until(tally.among & tally.where)]
    limits += [F(name) for rule in tally.excluding for name in _deciding(rule.where)]
    if "row_until" in rows.query.annotations:
        limits.append(F("row_until"))
    return _earliest(limits)


def _until(condition: Q) -> Any:
    """Until when `condition` holds; None where no date decides it."""
    children = [_child_until(child) for child in condition.children]
    if condition.connector == Q.OR:
        return _latest(
            limit if limit is not None else _while_true(child)
            for child, limit in zip(condition.children, children, strict=True)
        )
    return _earliest(children)


def _child_until(child: Any) -> Any:
    if isinstance(child, Q):
        return None if child.negated else _until(child)
    name = DECIDED_BY.get(child[0])
    return Coalesce(F(name), Value(NEVER), output_field=DateField()) if name else None


def _deciding(condition: Q) -> list[str]:
    names = [DECIDED_BY.get(path) for path, _ in _leaves(condition)]
    return [name for name in names if name]


def _leaves(condition: Q) -> list[Any]:
    found: list[Any] = []
    for child in condition.children:
        found += _leaves(child) if isinstance(child, Q) else [child]
    return found


def _while_true(child: Any) -> Case:
    condition = child if isinstance(child, Q) else Q(child)
    return Case(
        When(condition, then=Value(OPEN_ENDED)), default=Value(NEVER), output_field=DateField()
    )


def _earliest(limits: Any) -> Any:
    found = list({repr(limit): limit for limit in limits if limit is not None}.values())
    return Least(*found) if len(found) > 1 else next(iter(found), None)


def _latest(limits: Any) -> Any:
    found = list(limits)
    return Greatest(*found) if len(found) > 1 else found[0]


# ── 一类事实连续有效到哪一天 ──────────────────────────────────────────────────


def lasts(facts: QuerySet[Any], day: date, *keys: str, **outer: str) -> Case:
    """Until when the outer record's kept `facts` hold from `day` on without a gap.

    Without one on `day`: the last day of the most recent one, NULL when there never was any.
    `keys` name what facts of one record share; `outer` says where the outer record has it.
    """
    shared = keys or ("institution",)
    own = facts.filter(**{key: OuterRef(outer.get(key, key)) for key in shared})
    followed = facts.filter(
        Q(ends_on=None) | Q(ends_on__gt=OuterRef("ends_on")),
        **{key: OuterRef(key) for key in shared},
        starts_on__lte=OuterRef("day_after"),
    )
    breaks = (
        own.filter(ends_on__gte=day)
        .annotate(day_after=_day_after(F("ends_on")))
        .filter(~Exists(followed))
    )
    return Case(
        When(
            Exists(own.filter(holds_on(day))),
            then=Coalesce(
                Subquery(breaks.order_by("ends_on").values("ends_on")[:1]), Value(OPEN_ENDED)
            ),
        ),
        default=Subquery(own.filter(ends_on__lt=day).order_by("-ends_on").values("ends_on")[:1]),
        output_field=DateField(),
    )


def _day_after(day: Any) -> Func:
    return Func(day, template="(%(expressions)s + 1)", output_field=DateField())


def _best(rows: QuerySet[Any], until: Any) -> Subquery:
    """The latest `until` among `rows`, NULL when there are none."""
    found = rows.order_by().annotate(best=until).order_by("-best").values("best")[:1]
    return Subquery(found, output_field=DateField())


def _licensed(day: date, outer: str = "institution") -> Case:
    return lasts(Licence.objects.kept().medical(), day, institution=outer)


def _filed(day: date, outer: str = "institution") -> Case:
    return lasts(Licence.objects.kept().elderly(), day, institution=outer)


def _open(day: date, outer: str = "institution") -> Case:
    operating = InstitutionProfile.objects.kept().filter(status=Status.OPERATING)
    return lasts(operating, day, institution=outer)


# ── 机构 ──────────────────────────────────────────────────────────────────────


def of_health(
    day: date, *, elderly_here: QuerySet[Any], agreements: QuerySet[Any]
) -> dict[str, Any]:
    """The date facts of a health institution; `agreements` are those that count with homes."""
    own = agreements.filter(medical=OuterRef("institution"))
    integrated = _best(elderly_here, Least(_filed(day), _open(day)))
    return {
        "licensed_until": _licensed(day),
        "channel_until": lasts(GreenChannel.objects.kept().full(), day),
        "open_until": _open(day),
        "integrated_until": integrated,
        "partner_until": Greatest(integrated, _best(own, _agreement(day))),
    }


def of_elderly(
    day: date, *, medical_here: QuerySet[Any], agreements: QuerySet[Any]
) -> dict[str, Any]:
    """The date facts of an elderly-service provider; `agreements` are those that count."""
    own = agreements.filter(elderly=OuterRef("institution"))
    cares = CareService.objects.kept()
    by_others = cares.medical().filter(
        form__in=(ServiceForm.TRUSTEESHIP, ServiceForm.MEDICAL_ROUND)
    )
    rehabilitating = own.filter(items__contains=["REHABILITATION"])
    return {
        "filed_until": _filed(day),
        "open_until": _open(day),
        "in_house_until": _best(medical_here, Least(_licensed(day), _open(day))),
        "agreement_until": _best(own, _agreement(day)),
        "round_until": lasts(by_others, day),
        "rehabilitation_until": Greatest(
            lasts(cares.rehabilitation(), day), _best(rehabilitating, _agreement(day))
        ),
    }


def of_agreements(day: date) -> dict[str, Any]:
    """The date facts of an agreement: its pair's, and those of both parties."""
    return {
        "in_force_until": _pair(day),
        "medical_open_until": _open(day, "medical"),
        "elderly_open_until": _open(day, "elderly"),
        "medical_licensed_until": _licensed(day, "medical"),
        # 从未备案的养老方（日间照料等）没有备案可过期。
        "elderly_filed_until": Coalesce(_filed(day, "elderly"), Value(OPEN_ENDED)),
    }


def _agreement(day: date) -> Least:
    return Least(*of_agreements(day).values())


def _pair(day: date) -> Case:
    """A pair's agreements of any mode: the next one counts where the first one stops."""
    signed = PartnershipAgreement.objects.kept().filter(signed_on__lte=day)
    return lasts(signed.annotate(ends_on=LAST_DAY), day, "medical", "elderly")


def of_teams(day: date) -> dict[str, Any]:
    return {"row_until": _own_end(), "open_until": _open(day)}


def _own_end(path: str = "ends_on") -> Coalesce:
    return Coalesce(F(path), Value(OPEN_ENDED))


# ── 人 ────────────────────────────────────────────────────────────────────────


def of_signups(day: date) -> dict[str, Any]:
    """The date facts of a sign-up; auto-renewing ones run on until terminated (rules.md 10)."""
    beyond = day + timedelta(days=HORIZON_DAYS)
    signups = FamilyDoctorSignup.objects.kept()
    # 一人同时只有一份签约：续签必从次日开始，没有的便到此为止（多数如此，且查得快）。
    renewal = signups.filter(person=OuterRef("person"), starts_on=OuterRef("first_day_over"))
    of_65 = Q(person__born_on__lte=birth_cutoff(day, 65))
    return {
        "first_day_over": _day_after(SIGNED_UNTIL),
        "in_force_until": Case(
            When(auto_renews=True, terminated_on=None, then=Value(OPEN_ENDED)),
            # 一年以后才到期的不必去找续签。
            When(auto_renews=False, terminated_on=None, expires_on__gt=beyond, then="expires_on"),
            When(~Exists(renewal), then=SIGNED_UNTIL),
            default=lasts(signups.annotate(ends_on=SIGNED_UNTIL), day, "person"),
            output_field=DateField(),
        ),
        "key_until": Case(
            When(of_65, then=Value(OPEN_ENDED)),
            default=lasts(KeyGroupMembership.objects.kept(), day, "person"),
            output_field=DateField(),
        ),
        **_of_person(day),
    }


def of_sickbeds(day: date) -> dict[str, Any]:
    return {
        "row_until": lasts(HomeSickbed.objects.kept(), day, "person"),
        **_of_person(day),
    }


# 签约的最后有效日：解约日前一日；自动续约的没有到期日。
_TERMINATED = Func(F("terminated_on"), template="(%(expressions)s - 1)", output_field=DateField())
SIGNED_UNTIL = Case(
    When(auto_renews=True, then=_TERMINATED),
    default=Least(F("expires_on"), _TERMINATED),
    output_field=DateField(),
)


def _of_person(day: date) -> dict[str, Any]:
    living_here = PersonResidence.objects.kept().filter(kind=ResidenceKind.USUAL)
    last_alive = Func(
        F("person__died_on"), template="(%(expressions)s - 1)", output_field=DateField()
    )
    return {
        "residence_until": Case(
            When(residence__ends_on=None, then=Value(OPEN_ENDED)),
            default=lasts(living_here, day, "person"),
            output_field=DateField(),
        ),
        "alive_until": Coalesce(last_alive, Value(OPEN_ENDED)),
    }
