"""A city in which everything lies in the west, and a browser of every role, at best of the east."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connections, transaction
from django.test import Client
from django.test.client import ClientHandler
from django.utils import timezone

from contracts.agreements.attachments import AGREEMENT_FILES
from contracts.models import DoctorTeam, PartnershipAgreement, Person
from contracts.tests.factories import (
    make_agreement,
    make_health_management,
    make_key_group,
    make_known_person,
    make_sickbed,
    make_signup,
    make_team,
)
from contracts.tests.persons import browser_of
from institutions.models import (
    ChangeRequest,
    Institution,
    InstitutionGrant,
    InstitutionMerge,
    Region,
    RegionGrant,
    RegisterUpload,
    Side,
    UploadRow,
    UploadState,
)
from institutions.tests.batches import BEDS_CELLS, send_cells
from institutions.tests.factories import (
    LONG_AGO,
    make_beds,
    make_elderly,
    make_filing,
    make_health,
    make_licence,
    make_pilot,
    make_population,
)
from institutions.tests.maps import make_map
from targets.models import ContactNote, IndicatorRun, PaperKind, Plan, PlanStep, StepKind
from targets.nightly.making import make_reports
from targets.tests.factories import DAY, City, make_city
from targets.tests.page_scene import make_policy, make_target, store_run
from targets.tests.policy_scene import make_drafts
from targets.tests.tabulations.filed import make_filed_table
from yiyang.access.models import AccountSession, User
from yiyang.access.roles import Role
from yiyang.access.tests.accounts import open_user
from yiyang.attachments.tests.files import make_attachment
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.recording import record
from yiyang.holidays.models import Holiday, HolidayKind
from yiyang.listing.models import SavedFilter
from yiyang.tests.api.callers import make_caller
from yiyang.tests.attacks.bulletins import BULLETIN, bulletin_keys
from yiyang.tests.attacks.editions import edition_keys
from yiyang.tests.attacks.followed import SUPERVISION, supervision_keys, task_keys
from yiyang.tests.attacks.mailed import mail_keys
from yiyang.tests.attacks.proposals import PROPOSAL, proposal_keys
from yiyang.tests.attacks.returned import HOME_RETURN, return_keys

NAME, ID_NUMBER, PHONE = "欧阳兰芝", "150399194003070029", "15400001234"
HOSPITAL, HOME, TEAM = "西原医院", "西原养老院", "西原团队"
PLAN, NOTE, AGREEMENT = "西原测算方案", "西原来电已催办", "西原协1"
FILTER = "西原常用筛选"
OWN_PLAN = "市里自己的方案"
# 这些字只属于西区的记录：东区的任何账号在任何页面上都不该看到。
WEST_ONLY = (
    *(NAME, ID_NUMBER, PHONE, HOSPITAL, HOME, TEAM, PLAN, NOTE, AGREEMENT, FILTER),
    SUPERVISION,
    HOME_RETURN,
    PROPOSAL,
    BULLETIN,
)
CODES = ("GC17", "FD17")
EARLIER = date(2016, 12, 31)
DISTRICT_ROLES = (
    Role.DISTRICT_HEALTH_CLERK,
    Role.DISTRICT_HEALTH_REVIEWER,
    Role.DISTRICT_CIVIL_AFFAIRS_CLERK,
)


@dataclass(frozen=True)
class Scene:
    """What the addresses are about, and who asks for them."""

    city: City
    person: Person
    hospital: Institution
    home: Institution
    plan: Plan
    keys: dict[str, Any]
    accounts: dict[Role, User]
    sessions: dict[Role, str]

    def browser(self, role: Role | None, **options: Any) -> Client:
        """A browser of its own in which the role is signed in; None is a stranger."""
        client = Client(raise_request_exception=False, **options)
        client.handler = _handler(client.handler.enforce_csrf_checks)
        if role is not None:
            client.cookies["sessionid"] = self.sessions[role]
        return client


@cache
def _handler(enforce_csrf_checks: bool) -> ClientHandler:
    """One for all browsers: loading the middleware anew took a tenth of a request."""
    return ClientHandler(enforce_csrf_checks)


@contextmanager
def taken_back() -> Iterator[None]:
    """Undo at the end whatever the block has changed."""
    block = transaction.atomic()
    # 如 Django 的 TestCase 所标：里面写明 durable 的事务照样能开。
    block._from_testcase = True  # type: ignore[attr-defined]
    with block:
        yield
        transaction.set_rollback(True)


@contextmanager
def held_open() -> Iterator[None]:
    """Take back at the end, whatever answers are closed meanwhile.

    The end of a request would close the connection, and with it the transaction of the scene.
    """
    own: Any = connections["default"]
    own.close_if_unusable_or_obsolete = lambda: None
    try:
        with taken_back():
            yield
    finally:
        del own.close_if_unusable_or_obsolete


def make_scene() -> Scene:
    city = make_city()
    hospital, home, agreement = _west_institutions(city)
    person = _west_person(city, hospital)
    policy = make_policy(city.city)
    make_target(policy, city.city, "GC17", 1)
    earlier, run = store_run(city.city, EARLIER, CODES), store_run(city.city, DAY, CODES)
    author = open_user(Role.DISTRICT_HEALTH_CLERK)
    plan = _plan(city, hospital, author)
    ContactNote.objects.create(
        institution=hospital, indicator="GC17", contacted_on=DAY, author=author, text=NOTE
    )
    accounts = _accounts(city)
    own = Plan.objects.create(
        name=OWN_PLAN, region=city.city, as_of=DAY, author=accounts[Role.CITY_HEALTH_CLERK]
    )
    keys = _keys(city, author) | _runs(earlier, run)
    keys |= task_keys(policy, accounts) | supervision_keys(city.west, accounts)
    keys |= {
        **proposal_keys(city.city, keys["task_bureau"], (earlier, run), accounts),
        **bulletin_keys(city.west, run, accounts),
        "target_id": policy.targets.get().pk,
    }
    keys |= {"person": person.uid, "hospital": hospital.pk, "home": home.pk} | {
        "hospital_code": hospital.code,
        "home_code": home.code,
    }
    keys |= _record_keys(city, hospital, person) | return_keys(city, home, accounts)
    keys |= {"agreement": agreement.pk, "draft": _draft_of(agreement)}
    keys |= _token_keys(accounts[Role.CIVIL_AFFAIRS_CLIENT]) | mail_keys(
        city.west, author, accounts
    )
    keys |= {"request": _request(city), "west_street_code": city.west_street.code}
    keys |= make_drafts(policy, accounts[Role.CITY_HEALTH_CLERK])
    keys |= {"agreement_files": AGREEMENT_FILES.name, "institution_files": "institution"}
    keys |= {"attachment": make_attachment(AGREEMENT_FILES, agreement.pk).uid}
    keys |= {"upload": _upload(city, keys["api_token"])}
    keys |= {"own_filter": _saved_filter(accounts[Role.CITY_HEALTH_CLERK])}
    keys |= {"plan": plan.pk, "step": plan.steps.get().pk, "own_plan": own.pk}
    keys |= {
        "batch": send_cells(author, "beds", BEDS_CELLS).pk,
        "own_batch": send_cells(accounts[Role.CITY_HEALTH_CLERK], "beds", BEDS_CELLS).pk,
    }
    keys |= _merge_keys(city, hospital, accounts[Role.CITY_HEALTH_CLERK])
    keys |= {"map": make_map(city.city, accounts[Role.CITY_HEALTH_CLERK]).pk}
    keys |= {"city_id": city.city.pk, "portal_code": city.city.code} | {
        "paper": _paper(run, city.west),
        **edition_keys(run, accounts),
    }
    sessions = {role: _signed_in(one) for role, one in accounts.items()}
    return Scene(city, person, hospital, home, plan, keys, accounts, sessions)


def _merge_keys(city: City, hospital: Institution, clerk: User) -> dict[str, Any]:
    """Two more records of the hospital: one that waits to be merged, one not proposed yet."""
    twin, spare = make_health(city.west_street), make_health(city.west_street)
    merge = InstitutionMerge.objects.create(
        kept=hospital, dropped=twin, reason="重复登记", proposed_by=clerk, proposed_on=DAY
    )
    return {"merge": merge.pk, "spare_code": spare.code}


def _record_keys(city: City, hospital: Institution, person: Person) -> dict[str, Any]:
    """Numbers of what stands on the pages of an institution, a team and a person."""
    signup = person.signups.get()
    return {
        "population": make_population(city.west, "AGED_60", 4000).pk,
        "profile": hospital.profiles.get().pk,
        "licence_id": hospital.licences.get().pk,
        "street": city.west_street.code,
        "east_community": city.east_community.code,
        "signup": signup.pk,
        "team": signup.team.pk,
        "team_code": signup.team.code,
        "area": signup.team.areas.get().pk,
    }


def _west_institutions(city: City) -> tuple[Institution, Institution, PartnershipAgreement]:
    hospital = make_health(city.west_street, name=HOSPITAL)
    make_licence(hospital)
    make_pilot(city.west)
    home = make_elderly(city.west_street, name=HOME)
    make_filing(home)
    make_beds(home, date(2017, 11, 30), 100, nursing=20)
    agreement = make_agreement(hospital, home, number=AGREEMENT)
    make_agreement(hospital, home, number="西原协2", signed_on=None)
    return hospital, home, agreement


def _draft_of(agreement: PartnershipAgreement) -> int:
    """The draft beside the agreement."""
    drafts = PartnershipAgreement.objects.filter(medical=agreement.medical, signed_on=None)
    return drafts.get().pk


def _request(city: City) -> UUID:
    """What civil affairs asks of the health side about a hospital of the west."""
    hospital = make_health(city.west_street, name="西原医院分院")
    asked = ChangeRequest.objects.create(
        institution=hospital,
        side=Side.HEALTH,
        starts_on=DAY,
        changes={"level": {"old": None, "new": 2}},
        reason="西原医院分院评审",
        made_by=open_user(Role.CITY_CIVIL_AFFAIRS_CLERK),
        due_on=DAY,
    )
    return asked.uid


def _west_person(city: City, hospital: Institution) -> Person:
    person = make_known_person(city.west_community, name=NAME, id_number=ID_NUMBER, phone=PHONE)
    team = make_team(hospital, city.west_community)
    DoctorTeam.objects.filter(pk=team.pk).update(name=TEAM)
    make_signup(person, team)
    make_health_management(person, hospital)
    make_key_group(person)
    make_sickbed(person, hospital)
    return person


def _plan(city: City, hospital: Institution, author: User) -> Plan:
    plan = Plan.objects.create(name=PLAN, region=city.west, as_of=DAY, author=author)
    PlanStep.objects.create(
        plan=plan, kind=StepKind.OPEN_CHANNEL, subject_id=hospital.pk, position=1
    )
    return plan


def _keys(city: City, account: User) -> dict[str, Any]:
    """Numbers of what belongs to an account that is nobody's here."""
    at = timezone.now()
    session = AccountSession.objects.create(
        user=account, digest="0" * 40, begun_at=at, last_seen_at=at
    )
    grant = RegionGrant.objects.create(user=account, region=city.west, starts_on=LONG_AGO)
    holiday = Holiday.objects.create(
        day=date(2030, 1, 1), kind=HolidayKind.OFF, name="元旦", source="放假通知"
    )
    event = record(kind=EventKind.REVEAL, actor_id=account.pk, outcome=Outcome.ALLOWED)
    return {
        "account": account.pk,
        "session": session.pk,
        "grant": grant.pk,
        "event": event,
        "filter": _saved_filter(account),
        "holiday": holiday.pk,
        "filing": make_filed_table().pk,
        "west": city.west.code,
        "east": city.east.code,
        "east_id": city.east.pk,
        "west_id": city.west.pk,
    }


def _token_keys(client: User) -> dict[str, Any]:
    """An account of another system, and its token."""
    return {"client": client.pk, "api_token": make_caller(user=client).token.pk}


def _upload(city: City, token_id: int) -> UUID:
    """A whole register of civil affairs that names a home of the west only."""
    upload = RegisterUpload.objects.create(
        token_id=token_id,
        month_end=date(2026, 3, 31),
        sha256="0" * 64,
        rows=1,
        state=UploadState.DONE,
        finished_at=timezone.now(),
    )
    UploadRow.objects.create(
        upload=upload,
        number=0,
        code="MZ-WEST",
        region=city.west_street,
        document={"code": "MZ-WEST", "name": "西原新养老院", "region": city.west_street.code},
        status="refused",
        errors=[{"pointer": "#/rows/0", "code": "invalid", "detail": "西原的原因"}],
    )
    return upload.uid


def _saved_filter(owner: User) -> int:
    kept = SavedFilter.objects.create(
        owner=owner, register="institutions", name=FILTER, query="status=OPERATING"
    )
    return int(kept.pk)


def _runs(earlier: IndicatorRun, run: IndicatorRun) -> dict[str, Any]:
    return {"earlier": earlier.pk, "run": run.pk, "day": run.as_of.isoformat()}


def _paper(run: IndicatorRun, region: Region) -> UUID:
    made = make_reports(run, at=timezone.now(), kinds=[PaperKind.NIGHTLY])
    return next(paper.uid for paper in made if paper.region == region)


def _signed_in(account: User) -> str:
    """The key of a session that has asked once: it is listed, so that no later page lists it."""
    browser = browser_of(account)
    browser.get("/healthz")
    return browser.cookies["sessionid"].value


def _accounts(city: City) -> dict[Role, User]:
    """One account of each role; those that need a grant hold the east."""
    accounts = {role: open_user(role) for role in Role}
    for role in DISTRICT_ROLES:
        RegionGrant.objects.create(user=accounts[role], region=city.east, starts_on=LONG_AGO)
    own = make_health(city.east_street, name="东原医院")
    InstitutionGrant.objects.create(
        user=accounts[Role.INSTITUTION_REPORTER], institution=own, starts_on=LONG_AGO
    )
    return accounts
