"""Why an actor may not write a line: another office's side, or a place outside their scope."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Model

from institutions.ingest.registers import Values
from institutions.models import BedRegister, Institution, InstitutionProfile, Region
from institutions.models.institutions import ELDERLY_CERTIFICATES
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor, ByRegion

EDIT_HEALTH, EDIT_ELDERLY, REPORT_OWN = (
    Permission.EDIT_HEALTH,
    Permission.EDIT_ELDERLY,
    Permission.REPORT_OWN,
)
NOT_YOURS = "这个机构不在您的授权范围内，请由所在区经办，或核对编码。"
MERGED = "机构编码 {code} 已并入 {into}；请改用 {into}。"
NOT_YOUR_REGION = "这个区划不在您的授权范围内，请由所在区经办，或核对代码。"
CIVIL_AFFAIRS_OWNS = "养老一侧由民政维护，卫健账号不能导入；请民政经办导入，或提交修改申请。"
HEALTH_OWNS = "医疗卫生一侧由卫健维护，民政账号不能导入；请卫健经办导入，或提交修改申请。"


def own_institution(actor: Actor, values: Values) -> str:
    """Only institutions in scope."""
    institution = values["institution"]
    seen = Institution.objects.visible_to(actor).filter(pk=institution.pk).exists()
    return "" if seen else NOT_YOURS


def own_region(actor: Actor, values: Values) -> str:
    """Only regions granted, with all below them."""
    return "" if covers(actor, values["region"]) else NOT_YOUR_REGION


def covers(actor: Actor, region: Region) -> bool:
    """Whether the actor's grants reach the region."""
    condition = ByRegion("pk").condition(actor)
    if isinstance(condition, bool):
        return condition
    return Region.objects.filter(condition, pk=region.pk).exists()


def _side(actor: Actor, *, is_health: bool, is_elderly: bool) -> str:
    """The owner of a side writes it; what belongs to both, either office."""
    if (is_health and actor.may(EDIT_HEALTH)) or (is_elderly and actor.may(EDIT_ELDERLY)):
        return ""
    return CIVIL_AFFAIRS_OWNS if is_elderly and not is_health else HEALTH_OWNS


def institution_line(actor: Actor, values: Values) -> str:
    """A line of the register of institutions: own region, own side, and its own if known."""
    side = _side(actor, is_health=bool(values["category"]), is_elderly=bool(values["elderly_kind"]))
    known = Institution.objects.select_related("merged_into").filter(code=values["code"]).first()
    if known is not None and known.merged_into is not None:
        return MERGED.format(code=known.code, into=known.merged_into.code)
    if known is not None and not Institution.objects.visible_to(actor).filter(pk=known.pk).exists():
        return NOT_YOURS
    return side or own_region(actor, values)


def licence_line(actor: Actor, values: Values) -> str:
    is_elderly = values["kind"] in ELDERLY_CERTIFICATES
    return own_institution(actor, values) or _side(
        actor, is_health=not is_elderly, is_elderly=is_elderly
    )


def beds_line(actor: Actor, values: Values) -> str:
    outside = own_institution(actor, values)
    if outside or actor.may(REPORT_OWN):
        return outside
    is_elderly = values["register"] == BedRegister.CIVIL_AFFAIRS
    return _side(actor, is_health=not is_elderly, is_elderly=is_elderly)


def institutions_in(model: type[Model]) -> Callable[[Actor], int]:
    """How many institutions in scope the register knows: what a whole file would hold."""

    def held(actor: Actor) -> int:
        rows: Any = model._default_manager
        kept = rows.visible_to(actor).filter(voided_at=None)
        return int(kept.values("institution").distinct().count())

    return held


def institutions_seen(actor: Actor) -> int:
    """How many institutions the actor answers for."""
    profiles = InstitutionProfile.objects.visible_to(actor).on(actor.day)
    if actor.may(EDIT_ELDERLY) and not actor.may(EDIT_HEALTH):
        profiles = profiles.elderly_service()
    elif actor.may(EDIT_HEALTH):
        profiles = profiles.health_side()
    return profiles.count()
