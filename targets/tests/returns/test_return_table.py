"""季度监测: who may take which step, by level and state; what is not written is barred."""

from __future__ import annotations

from datetime import date

import pytest

from targets.models import QuarterlyReturn
from targets.models import ReturnState as S
from targets.models import ReturnVerb as V
from targets.returns.states import parties_of, steps_from
from yiyang.access.roles import ROLES, Role
from yiyang.access.scope import Actor

DAY = date(2026, 7, 3)
HOME, EAST = 7, 3


def actor(role: Role, *, region: int | None = None, institution: int | None = None) -> Actor:
    return Actor(
        day=DAY,
        user_id=1,
        role=role,
        permissions=ROLES[role].permissions,
        whole_city=ROLES[role].whole_city,
        region_ids=(region,) if region else (),
        institution_ids=(institution,) if institution else (),
    )


WHO = {
    "机构": actor(Role.INSTITUTION_REPORTER, institution=HOME),
    "别的机构": actor(Role.INSTITUTION_REPORTER, institution=HOME + 1),
    "区经办": actor(Role.DISTRICT_HEALTH_CLERK, region=EAST),
    "区审核": actor(Role.DISTRICT_HEALTH_REVIEWER, region=EAST),
    "市经办": actor(Role.CITY_HEALTH_CLERK),
    "市审核": actor(Role.CITY_HEALTH_REVIEWER),
    "区民政": actor(Role.DISTRICT_CIVIL_AFFAIRS_CLERK, region=EAST),
    "市民政": actor(Role.CITY_CIVIL_AFFAIRS_CLERK),
    "民政接口": actor(Role.CIVIL_AFFAIRS_CLIENT),
    "联络员": actor(Role.BUREAU_LIAISON),
    "领导": actor(Role.LEADER),
}
FILL = {V.FETCH, V.SUBMIT}
JUDGE = {V.REVIEW, V.RETURN}
ALLOWED: dict[tuple[str, S], dict[str, set[V]]] = {
    ("INSTITUTION", S.FILLING): {"机构": FILL, "区经办": FILL},
    ("INSTITUTION", S.RETURNED): {"机构": FILL, "区经办": FILL},
    ("INSTITUTION", S.SUBMITTED): {"区审核": JUDGE},
    ("INSTITUTION", S.REVIEWED): {"区审核": {V.RETURN}},
    ("DISTRICT", S.FILLING): {"区经办": FILL},
    ("DISTRICT", S.RETURNED): {"区经办": FILL},
    ("DISTRICT", S.SUBMITTED): {"区审核": JUDGE, "市经办": {V.RETURN}, "市审核": {V.RETURN}},
    ("DISTRICT", S.REVIEWED): {"区审核": {V.RETURN}, "市经办": {V.RETURN}, "市审核": {V.RETURN}},
    ("CITY", S.FILLING): {"市经办": FILL},
    ("CITY", S.RETURNED): {"市经办": FILL},
    ("CITY", S.SUBMITTED): {"市审核": {V.LOCK, V.RETURN}},
    ("CITY", S.LOCKED): {"市审核": {V.PUBLISH}},
}


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("level", ["INSTITUTION", "DISTRICT", "CITY"])
def test_no_step_but_those_of_the_table(level: str, state: S) -> None:
    institution = HOME if level == "INSTITUTION" else None
    own = QuarterlyReturn(level=level, state=state, institution_id=institution)
    found = {who: set(steps_from(own, parties_of(one, own))) for who, one in WHO.items()}
    assert {who: verbs for who, verbs in found.items() if verbs} == ALLOWED.get((level, state), {})
