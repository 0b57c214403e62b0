"""The demo city written to the database, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db import connection
from django.db.models import Model

from contracts.copying import Cell, copy_rows, reserve_ids
from contracts.demo.aggregates import make_returns
from contracts.demo.city import City, make_city
from contracts.demo.health import managed, sickbeds
from contracts.demo.scene import FIRST_DAY, Scene, iso
from contracts.identity import seal_identity
from contracts.models import (
    DoctorTeam,
    FamilyDoctorSignup,
    HealthManagement,
    HomeSickbed,
    KeyGroupMembership,
    PartnershipAgreement,
    Person,
    PersonKey,
    PersonResidence,
    SignupAggregate,
    SignupService,
    TeamArea,
)
from institutions.ingest.regions import RegionLine, load_regions
from institutions.models import (
    BedCount,
    CareService,
    GreenChannel,
    Institution,
    InstitutionContact,
    InstitutionProfile,
    InsuranceDesignation,
    Licence,
    Occupancy,
    PilotProject,
    Population,
    Region,
    StaffCount,
)
from yiyang.changelog.context import SYSTEM, recorded

Say = Callable[[str], None]
# 先有被引用的，后有引用的。
SMALL_TABLES: tuple[type[Model], ...] = (
    Population,
    Institution,
    InstitutionProfile,
    InstitutionContact,
    Licence,
    GreenChannel,
    CareService,
    InsuranceDesignation,
    BedCount,
    Occupancy,
    StaffCount,
    PilotProject,
    DoctorTeam,
    TeamArea,
)
BATCH = "demo"
REASON = "演示数据"


def is_loaded() -> bool:
    """Whether any institution is registered already, the demo's or a real one."""
    return Institution.objects.exists()


def load(scene: Scene, content: bytes, lines: list[RegionLine], say: Say) -> None:
    """Make the city of the scene and write it in one transaction."""
    batch = f"{BATCH}:{scene.seed}:{scene.today}"
    with recorded(by=SYSTEM, reason=REASON, batch=batch):
        say("行政区划")
        load_regions(by=SYSTEM, content=content, starts_on=FIRST_DAY, batch=batch)
        say("生成机构、居民与签约")
        city = make_city(scene, lines, {region.code: region for region in Region.objects.all()})
        say("机构台账、人口与协议")
        _write_small(city)
        people = Writing(city)
        for title, step in people.steps():
            say(title)
            step()
        say("核对引用关系")
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _write_small(city: City) -> None:
    for model in SMALL_TABLES:
        model._default_manager.bulk_create(city.register.rows.get(model, []), batch_size=5000)
    _write_agreements(city.register.rows[PartnershipAgreement])


def _write_agreements(agreements: list[PartnershipAgreement]) -> None:
    """Renewals after what they renew: the database must know the first to point to it."""
    waiting = agreements
    while waiting:
        ready = [a for a in waiting if a.renewal_of is None or a.renewal_of.pk is not None]
        later = [a for a in waiting if a.renewal_of is not None and a.renewal_of.pk is None]
        PartnershipAgreement.objects.bulk_create(ready)
        waiting = later


class Writing:
    """The large tables, with the ids their rows point to each other by."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.person_ids = reserve_ids(Person, len(city.lives))
        self.signup_ids = reserve_ids(FamilyDoctorSignup, len(city.signups.made))
        codes = [community.code for community in city.places.communities]
        self.region_ids = [city.register.regions[code].pk for code in codes]
        self.keys: list[bytes] = []

    def steps(self) -> list[tuple[str, Callable[[], object]]]:
        """What is written, in order, each with its title."""
        lives = len(self.city.lives)
        return [
            (f"老年人 {lives} 人（姓名、证件号、电话加密）", self.people),
            ("居住与重点人群", self.residences),
            (f"家庭医生签约 {len(self.city.signups.made)} 份", self.signups),
            ("60 岁以下签约汇总", self.aggregates),
            ("老年人健康管理与家庭病床", self.health),
        ]

    def people(self) -> None:
        columns = ("id", "uid", "void_reason", "born_on", "sex", "died_on", "duplicate_of_id")
        sealed = ("name_sealed", "name_digest", "id_sealed", "id_digest", "phone_sealed")
        copy_rows(Person, (*columns, *sealed), self._people())
        keys = zip(self.person_ids, self.keys, strict=True)
        copy_rows(PersonKey, ("person_id", "wrapped"), keys)
        self.keys.clear()

    def _people(self) -> Iterator[tuple[Cell, ...]]:
        for person_id, life in zip(self.person_ids, self.city.lives, strict=True):
            identity = seal_identity(
                uid=life.uid, name=life.name, id_number=life.id_number, phone=life.phone
            )
            self.keys.append(identity.wrapped_key)
            original = life.duplicate_of
            yield (
                *(person_id, str(life.uid), "", iso(life.born), life.sex, _day(life.died)),
                self.person_ids[original] if original is not None else None,
                *(identity.name_sealed, identity.name_digest, identity.id_sealed),
                *(identity.id_digest, identity.phone_sealed),
            )

    def residences(self) -> None:
        columns = ("person_id", "region_id", "kind", "starts_on", "ends_on", "institution_id")
        copy_rows(PersonResidence, (*columns, "reason", "void_reason"), self._residences())
        group_columns = ("person_id", "group", "starts_on", "ends_on", "void_reason")
        copy_rows(KeyGroupMembership, group_columns, self._memberships())

    def _residences(self) -> Iterator[tuple[Cell, ...]]:
        for person_id, life in zip(self.person_ids, self.city.lives, strict=True):
            for stay in life.stays:
                home = None if stay.home is None else self.city.homes[stay.home].institution.pk
                region_id = self.region_ids[stay.community]
                span = (iso(stay.starts), _day(stay.ends))
                yield person_id, region_id, stay.kind, *span, home, stay.reason, ""

    def _memberships(self) -> Iterator[tuple[Cell, ...]]:
        for person_id, life in zip(self.person_ids, self.city.lives, strict=True):
            for group, joined, left in life.groups:
                yield person_id, group, iso(joined), _day(left), ""

    def signups(self) -> None:
        columns = ("id", "uid", "person_id", "team_id", "signed_on", "starts_on", "expires_on")
        more = ("auto_renews", "terminated_on", "termination_reason", "renewal_of_id")
        copy_rows(FamilyDoctorSignup, (*columns, *more, "void_reason"), self._signups())
        copy_rows(
            SignupService,
            ("signup_id", "served_on", "kind", "void_reason"),
            (
                (self.signup_ids[place], iso(day), kind, "")
                for place, day, kind in self.city.signups.services()
            ),
        )

    def _signups(self) -> Iterator[tuple[Cell, ...]]:
        ids = self.signup_ids
        teams = [team.pk for team in self.city.teams.teams]
        for signup_id, signup in zip(ids, self.city.signups.made, strict=True):
            renewed = signup.renewal_of
            yield (
                *(signup_id, str(signup.uid), self.person_ids[signup.person], teams[signup.team]),
                *(iso(signup.signed), iso(signup.starts), iso(signup.expires)),
                *(signup.auto_renews, _day(signup.terminated), signup.reason),
                None if renewed is None else ids[renewed],
                "",
            )

    def aggregates(self) -> None:
        regions = self.city.register.regions
        copy_rows(
            SignupAggregate,
            ("region_id", "counted_on", "group", "signed", "population", "void_reason"),
            (
                (regions[r.street].pk, r.day.isoformat(), r.group, r.signed, r.population, "")
                for r in make_returns(self.city.scene, self.city.places)
            ),
        )

    def health(self) -> None:
        columns = ("person_id", "institution_id", "year", "void_reason")
        conditions = ("record_on", "exam_on", "guided_on", "form_completed_on")
        copy_rows(HealthManagement, (*columns, *conditions), self._managed())
        copy_rows(
            HomeSickbed,
            ("person_id", "institution_id", "starts_on", "ends_on", "void_reason"),
            (
                (self.person_ids[p], self._centre(p, opened), iso(opened), _day(last), "")
                for p, opened, last in sickbeds(self.city.scene, self.city.lives)
            ),
        )

    def _managed(self) -> Iterator[tuple[Cell, ...]]:
        for person, year, parts in managed(self.city.scene, self.city.places, self.city.lives):
            exam = parts[1] or 0
            centre = self._centre(person, exam)
            yield self.person_ids[person], centre, year, "", *(_day(part) for part in parts)

    def _centre(self, person: int, day: int) -> int:
        """The health centre of the community where the person lives on the day."""
        stay = self.city.lives[person].stay_on(day)
        community = stay.community if stay else self.city.lives[person].stays[0].community
        return int(self.city.teams.centre_of[community].institution.pk)


def _day(day: int | None) -> str | None:
    return None if day is None else iso(day)
