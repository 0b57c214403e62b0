"""Every parameter of every address is filled with what an attacker types: nothing is obeyed."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.http import QueryDict

from contracts.filters import PersonFilter
from institutions.lists.institutions import InstitutionFilter
from yiyang.access.roles import Role
from yiyang.audit.filters import AuditEventFilter
from yiyang.tests.attacks.addresses import ADDRESSES, Address
from yiyang.tests.attacks.payloads import PAYLOADS, RAW, assert_unharmed
from yiyang.tests.attacks.scene import Scene, taken_back

WHERE = ("region", "as_of")
LIST = ("side", "part", "outcome", "after")
PERSONS = (*PersonFilter.base_filters, "sort", "col", "after")
AUDITED = (*AuditEventFilter.base_filters, "before")
# 各名单读参数的是同一段代码：机构名单试全部，别的只试自己的筛选。
LISTED = (*InstitutionFilter.base_filters, "sort", "col", "after")
REPORTED = ("q", "first", "period", "register")
# 每个地址读哪些查询参数；没有写在这里的地址一个也不读。
ASKED = {
    "sign-in": ("next",),
    "user-list": ("words", "role", "page"),
    "audit-list": AUDITED,
    "audit-csv": AUDITED,
    "institution-list": LISTED,
    "institution-list-csv": ("q", "sort", "col"),
    "institution-bulk": ("attribute", "all", "id", "value", "q"),
    "agreement-list": ("q", "state", "expiring", "item", "signed_first", "after"),
    "team-list": ("q", "areas"),
    "signup-list": ("q", "record", "state", "expiring"),
    "bed-list": REPORTED,
    "occupancy-list": ("q", "period"),
    "staff-list": ("q", "last"),
    "population-list": ("q", "group", "basis", "first", "last"),
    "institution-detail": ("as_of",),
    "request-list": ("tab", "before"),
    "difference-list": ("day", "side"),
    "agreement-detail": ("as_of",),
    "institution-status": ("status", "on"),
    "agreement-new": ("medical", "elderly"),
    "institution-history": ("page",),
    "institution-new": ("region", "host"),
    "signup-new": ("team",),
    "team-new": ("institution",),
    "institution-merge": ("other", "stays"),
    "institution-picker": ("q", "side", "format", "to", "field"),
    "region-picker": ("q",),
    "team-picker": ("q",),
    "person-list": PERSONS,
    "person-list-csv": ("region", "age", "standing", "sort", "col"),
    "person-export": tuple(PersonFilter.base_filters),
    "person-reveal": ("field",),
    "disclosure-totals": ("month",),
    "policy-list": ("tab",),
    "policy-target-new": ("indicator",),
    "policy-steps": ("days",),
    "quality-list": WHERE,
    "quality-detail": (*WHERE, "after"),
    "quality-csv": WHERE,
    "target-table": (*WHERE, "tab"),
    "target-table-xlsx": WHERE,
    "target-table-csv": WHERE,
    "target-table-json": WHERE,
    "indicator-list": WHERE,
    "indicator-detail": (*WHERE, "rank", "below"),
    "edition-new": ("run",),
    "indicator-chart-svg": (*WHERE, "below"),
    "indicator-chart-png": WHERE,
    "indicator-chart-csv": (*WHERE, "below"),
    "gap": (*WHERE, "target"),
    "gap-xlsx": (*WHERE, "target"),
    "forecast": (*WHERE, "target"),
    "record-list": (*WHERE, *LIST),
    "record-list-csv": (*WHERE, *LIST),
    "record-list-xlsx": (*WHERE, *LIST),
    "as-known": ("region", "run"),
    "rebased": ("region", "run", "map"),
    "movement": ("region", "from", "to"),
    "plan-step-new": ("q", "partner_q"),
    "holiday-list": ("year",),
    "tabulation-detail": (*WHERE, "streets"),
    "tabulation-xlsx": WHERE,
    "line-list-xlsx": ("as_of",),
    "import-list": ("before",),
    "import-new": ("register",),
    "import-detail": ("kind", "page"),
    "bulletin-list": ("q", "state", "first", "last", "after"),
    "bulletin-new": ("as_of",),
    "supervision-list": ("q", "state", "light", "lead", "assistant", "kind", "after"),
    "return-list": ("q", "period", "level", "district", "standing", "after"),
    "supervision-new": ("indicator", "task", *WHERE, "target", "bulletin"),
    "proposal-list": ("q", "state", "year", "bureau", "light", "satisfaction", "after"),
    "task-list": ("q", "policy", "bureau", "mode", "state", "light", "sort", "after"),
    "progress-list": ("q", "bureau", "kind", "first"),
}
# 只看有没有，内容从不读；测算须在自己的事务里，另有测试。
SWITCHES = {"evaluate"}
READ = re.compile(r"""(?:GET\.get|_choice|_number|_named|run_named)\(\s*(?:request, )?"(\w+)\"""")
ATTACKED = [address for address in ADDRESSES if not address.is_post and address.name in ASKED]


def asker(address: Address) -> Role | None:
    """A role that gets an answer; whose own plan it is asks for its steps."""
    if address.name == "sign-in":
        return None
    others = address.open_to - {Role.CITY_HEALTH_CLERK}
    return min(others or address.open_to, default=None)


def typed_into(address: Address, name: str) -> list[str]:
    """Everything at the first address that reads the parameter, a third of it at each other."""
    everything = [*PAYLOADS.values(), *RAW]
    readers = [one for one in ATTACKED if name in ASKED[one.name]]
    at = readers.index(address)
    return everything if at == 0 else everything[at % 3 :: 3]


def test_every_parameter_the_portal_reads_is_attacked() -> None:
    read = {
        name
        for app in ("yiyang", "institutions", "contracts", "targets")
        for path in sorted((Path(settings.BASE_DIR) / app).rglob("*.py"))
        if not {"tests", "bench"} & set(path.parts)
        for name in READ.findall(path.read_text(encoding="utf-8"))
    }
    attacked = {name for names in ASKED.values() for name in names}
    assert read <= attacked | SWITCHES, "新的查询参数请写进 ASKED。"


@pytest.mark.parametrize("address", ATTACKED, ids=lambda one: f"{one.name}-{one.query[:6]}")
def test_nothing_in_the_address_is_obeyed(scene: Scene, address: Address) -> None:
    role = asker(address)
    if address.name == "plan-step-new":
        role = Role.CITY_HEALTH_CLERK
        type(scene.plan).objects.update(author=scene.accounts[role])
    for name in ASKED[address.name]:
        for payload in typed_into(address, name):
            query = QueryDict(address.query.format(**scene.keys), mutable=True)
            query.pop(name, None)
            written = payload if payload in RAW else urlencode({"": payload})[1:]
            assert_unharmed(asked(scene, role, address, f"{query.urlencode()}&{name}={written}"))


def asked(scene: Scene, role: Role | None, address: Address, query: str) -> object:
    with taken_back():
        return scene.browser(role).get(f"{address.path(scene)}?{query}")


@pytest.mark.parametrize("payload", [*PAYLOADS.values(), *RAW])
@pytest.mark.parametrize("address", ["/targets/{}/", "/quality/{}/", "/persons/{}/", "/audit/{}/"])
def test_nothing_in_the_path_is_obeyed(scene: Scene, address: str, payload: str) -> None:
    browser = scene.browser(Role.CITY_HEALTH_REVIEWER)
    typed = payload if payload in RAW else urlencode({"": payload})[1:]
    answer = browser.get(address.format(typed))
    assert answer.status_code in {301, 403, 404}
    assert_unharmed(answer)


@pytest.mark.parametrize("number", ["0", "-1", "9" * 18, "9" * 19, "9" * 300])
@pytest.mark.parametrize("address", ["/institutions/{}/", "/targets/plans/{}/"])
def test_a_number_nothing_has_is_not_found(scene: Scene, address: str, number: str) -> None:
    answer = scene.browser(Role.CITY_HEALTH_REVIEWER).get(address.format(number))
    assert answer.status_code == 404


def test_a_thousand_and_one_parameters_are_refused(scene: Scene) -> None:
    query = "&".join(f"p{number}=1" for number in range(1001))
    answer = scene.browser(Role.CITY_HEALTH_REVIEWER).get(f"/persons/?{query}")
    assert answer.status_code == 400
