"""Until when the dated facts behind institutions, agreements and teams hold."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import (
    Aggregate,
    Case,
    DateField,
    F,
    Func,
    JSONField,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce, Greatest, Least

from contracts.models import PartnershipAgreement, TeamArea
from contracts.models.agreements import LAST_DAY
from institutions.models import (
    CareService,
    GreenChannel,
    InstitutionProfile,
    Licence,
    ServiceForm,
    Status,
)
from targets.indicators.until import OPEN_ENDED, best, lasts


def _licensed(day: date, outer: str = "institution") -> Case:
    return lasts(Licence.objects.kept().medical(), day, institution=outer)


def _filed(day: date, outer: str = "institution") -> Case:
    return lasts(Licence.objects.kept().elderly(), day, institution=outer)


def open_until(day: date, outer: str = "institution") -> Case:
    """Until when the institution at `outer` is in status 正常."""
    operating = InstitutionProfile.objects.kept().filter(status=Status.OPERATING)
    return lasts(operating, day, institution=outer)


def of_health(
    day: date,
    *,
    elderly_here: QuerySet[Any],
    built_before: QuerySet[Any],
    agreements: QuerySet[Any],
) -> dict[str, Any]:
    """The date facts of a health institution; `agreements` are those that count with homes.

    `built_before` are the records of its place that count in its stead.
    """
    own = agreements.filter(medical=OuterRef("institution"))
    integrated = best(elderly_here, Least(_filed(day), open_until(day)))
    as_long = Least(_licensed(day), open_until(day), integrated)
    return {
        "licensed_until": _licensed(day),
        "channel_until": lasts(GreenChannel.objects.kept().full(), day),
        "open_until": open_until(day),
        "integrated_until": integrated,
        "partner_until": Greatest(integrated, best(own, _agreement(day))),
        "repeats_until": best(built_before, as_long),
    }


def of_elderly(
    day: date,
    *,
    medical_here: QuerySet[Any],
    dual_before: QuerySet[Any],
    agreements: QuerySet[Any],
) -> dict[str, Any]:
    """The date facts of an elderly-service provider; `agreements` are those that count.

    `dual_before` are the records of its place that count in its stead.
    """
    own = agreements.filter(elderly=OuterRef("institution"))
    in_house = best(medical_here, Least(_licensed(day), open_until(day)))
    cares = CareService.objects.kept()
    by_others = cares.medical().filter(
        form__in=(ServiceForm.TRUSTEESHIP, ServiceForm.MEDICAL_ROUND)
    )
    rehabilitating = own.filter(items__contains=["REHABILITATION"])
    return {
        "filed_until": _filed(day),
        "open_until": open_until(day),
        "in_house_until": in_house,
        "repeats_until": best(dual_before, Least(_filed(day), open_until(day), in_house)),
        "agreement_until": best(own, _agreement(day)),
        "round_until": lasts(by_others, day),
        "rehabilitation_until": Greatest(
            lasts(cares.rehabilitation(), day), best(rehabilitating, _agreement(day))
        ),
    }


def of_agreements(day: date) -> dict[str, Any]:
    """The date facts of an agreement: its pair's, and those of both parties."""
    return {
        "in_force_until": _pair(day),
        "medical_open_until": open_until(day, "medical"),
        "elderly_open_until": open_until(day, "elderly"),
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
    return {"row_until": _own_end(), "open_until": open_until(day)}


def _own_end(path: str = "ends_on") -> Coalesce:
    return Coalesce(F(path), Value(OPEN_ENDED))


class _LatestByKey(Aggregate):
    """The latest date of each key, as one JSON object."""

    function = "jsonb_object_agg"
    output_field = JSONField()

    def as_sql(  # type: ignore[override]
        self, compiler: Any, connection: Any, **extra: Any
    ) -> Any:
        (key, of_key), (day, of_day) = (
            compiler.compile(one) for one in self.get_source_expressions()[:2]
        )
        # 同一个键后写的盖掉先写的：按日期排好，留下的就是最晚的。
        return f"{self.function}({key}, {day} ORDER BY {day})", (*of_key, *of_day, *of_day)


def reachable_until(day: date, areas: QuerySet[TeamArea, Any]) -> Func:
    """Until when one of `areas`, its team and its provider hold in the outer row's region."""
    # 每个社区只算一次，整份放进一个对象里按社区取：逐人去查，一座城要查几十万遍。
    until = Least(
        lasts(TeamArea.objects.kept(), day, "team", "region"),
        _own_end("team__ends_on"),
        open_until(day, "team__institution"),
        _licensed(day, "team__institution"),
    )
    by_region = areas.order_by().annotate(until=until, one=Value(1)).values("one")
    return Func(
        Subquery(by_region.annotate(all=_LatestByKey("region", "until")).values("all")),
        Cast(F("region"), TextField()),
        template="(%(expressions)s)::date",
        arg_joiner=" ->> ",
        output_field=DateField(),
    )
