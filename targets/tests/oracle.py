"""The counting rules told a second time, slowly and plainly, to check the engine against.

Every register is read whole into lists; everything after that is loops over them. Nothing here
uses the catalogue, its querysets or its arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from contracts.models import (
    DoctorTeam,
    FamilyDoctorSignup,
    HealthManagement,
    HomeSickbed,
    KeyGroupMembership,
    PartnershipAgreement,
    Person,
    PersonResidence,
    SignupAggregate,
    TeamArea,
)
from institutions.models import (
    BedCount,
    CareService,
    GreenChannel,
    InstitutionProfile,
    Licence,
    Occupancy,
    PilotProject,
    Population,
    Region,
    RegionPlacement,
)

MEDICAL, FILING = ("MEDICAL_LICENCE", "CLINIC_FILING"), ("ELDERLY_FILING", "ELDERLY_PERMIT")
HOME_KINDS = (
    *("WELFARE_HOME", "SOCIAL_WELFARE_INSTITUTE", "APARTMENT", "CARE_HOME"),
    "STREET_ELDERLY_CENTRE",
)
CENTRES = ("STREET_ELDERLY_CENTRE", "RURAL_ELDERLY_CENTRE", "COMMUNITY_ELDERLY_STATION")
BIG = (
    *("A100", "A210", "A411", "A519", "A527", "A600", "A710", "B100", "B200"),
    *("C100", "C210", "C220", "D110", "D120", "G100", "H113"),
)
CLINICS = ("D211", "D212", "D300", "D600")
PRIMARY = ("B100", "B200", "C100", "C210", "C220", "D110", "D120", *CLINICS, "D400", "A720")
STEPS = {"REGISTRATION", "CONSULTATION", "PAYMENT", "DISPENSING"}


def kept(model: Any) -> list[Any]:
    return [row for row in model.objects.all() if getattr(row, "voided_at", None) is None]


def age(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


class Register:
    """Every register, read once."""

    def __init__(self) -> None:
        self.regions = list(Region.objects.all())
        self.placements = kept(RegionPlacement)
        self.profiles = kept(InstitutionProfile)
        self.licences = kept(Licence)
        self.channels = kept(GreenChannel)
        self.cares = kept(CareService)
        self.beds = kept(BedCount)
        self.occupancies = kept(Occupancy)
        self.populations = kept(Population)
        self.pilots = kept(PilotProject)
        self.agreements = kept(PartnershipAgreement)
        self.teams = kept(DoctorTeam)
        self.areas = kept(TeamArea)
        self.persons = {person.pk: person for person in Person.objects.all()}
        self.residences = kept(PersonResidence)
        self.groups = kept(KeyGroupMembership)
        self.signups = kept(FamilyDoctorSignup)
        self.aggregates = kept(SignupAggregate)
        self.managements = kept(HealthManagement)
        self.sickbeds = kept(HomeSickbed)


def holds(fact: Any, day: date) -> bool:
    return bool(fact.starts_on <= day and (fact.ends_on is None or day <= fact.ends_on))


class Oracle:
    """Answers for one day; a report is good for `carried` days."""

    def __init__(self, register: Register, day: date, carried: int = 92) -> None:
        self.all = register
        self.day = day
        self.carried = timedelta(carried)
        self.parents = {p.region_id: p.parent_id for p in register.placements if holds(p, day)}
        self.today = {p.institution_id: p for p in register.profiles if holds(p, day)}
        self.pairs = {a.pk for a in register.agreements if self.in_force(a) and self.is_sound(a)}

    def lies_in(self, region: int, top: int) -> bool:
        while region != top and region in self.parents:
            region = self.parents[region]
        return region == top

    def latest(self, reports: Iterable[Any]) -> Any:
        """The last report by the day that is still good."""
        recent = [r for r in reports if timedelta(0) <= self.day - r.counted_on <= self.carried]
        return max(recent, key=lambda report: report.counted_on, default=None)

    # 机构

    def holds_licence(self, institution: int, kinds: tuple[str, ...]) -> bool:
        return any(
            licence.institution_id == institution
            and licence.kind in kinds
            and holds(licence, self.day)
            for licence in self.all.licences
        )

    def filings(self, institution: int) -> list[Any]:
        return [
            licence
            for licence in self.all.licences
            if licence.institution_id == institution
            and licence.kind in FILING
            and licence.starts_on <= self.day
        ]

    def is_home(self, profile: Any) -> bool:
        """A residential kind whose last filing has ten full-time beds or more."""
        filings = self.filings(profile.institution_id)
        if profile.elderly_kind not in HOME_KINDS or not filings:
            return False
        last = max(filings, key=lambda filing: (filing.starts_on, filing.pk))
        return bool(last.full_time_beds >= 10)

    def has_channel(self, institution: int) -> bool:
        return any(
            channel.institution_id == institution
            and holds(channel, self.day)
            and set(channel.steps) >= STEPS
            for channel in self.all.channels
        )

    def same_place(self, one: Any, other: Any) -> bool:
        a, b = one.institution_id, other.institution_id
        same_address = one.address and (one.region_id, one.address) == (
            other.region_id,
            other.address,
        )
        return bool(a in (b, other.host_id) or one.host_id == b or same_address)

    def medical_at(self, place: Any) -> bool:
        return any(
            other.category
            and other.status == "OPERATING"
            and self.holds_licence(other.institution_id, MEDICAL)
            and self.same_place(place, other)
            for other in self.today.values()
        )

    def filed_homes_at(self, place: Any) -> list[Any]:
        return [
            other
            for other in self.today.values()
            if other.elderly_kind in HOME_KINDS
            and other.status == "OPERATING"
            and self.holds_licence(other.institution_id, FILING)
            and self.same_place(place, other)
        ]

    # 协议

    def in_force(self, agreement: Any) -> bool:
        return bool(
            agreement.signed_on is not None
            and agreement.signed_on <= self.day
            and agreement.starts_on <= self.day
            and (agreement.expires_on is None or agreement.expires_on >= self.day)
            and (agreement.terminated_on is None or agreement.terminated_on > self.day)
        )

    def is_sound(self, agreement: Any) -> bool:
        medical = self.today.get(agreement.medical_id)
        elderly = self.today.get(agreement.elderly_id)
        if medical is None or elderly is None:
            return False
        if medical.status != "OPERATING" or elderly.status != "OPERATING":
            return False
        if not self.holds_licence(agreement.medical_id, MEDICAL):
            return False
        if self.filings(agreement.elderly_id) and not self.holds_licence(
            agreement.elderly_id, FILING
        ):
            return False
        hosted = medical.host_id == agreement.elderly_id or elderly.host_id == agreement.medical_id
        one_code = medical.credit_code and medical.credit_code == elderly.credit_code
        return not hosted and not one_code

    def agreements_with(self, institution: int) -> list[Any]:
        return [
            agreement
            for agreement in self.all.agreements
            if agreement.pk in self.pairs
            and institution in (agreement.medical_id, agreement.elderly_id)
        ]

    # 服务

    def gives(self, institution: int, what: str) -> bool:
        """Care given by others on the spot, or rehabilitation in any form."""
        forms = ("TRUSTEESHIP", "MEDICAL_ROUND")
        return any(
            care.institution_id == institution
            and holds(care, self.day)
            and getattr(care, what)
            and (what == "gives_rehabilitation" or care.form in forms)
            for care in self.all.cares
        )

    def served_medically(self, home: Any) -> bool:
        key = home.institution_id
        as_elderly = [a for a in self.agreements_with(key) if a.elderly_id == key]
        return self.medical_at(home) or bool(as_elderly) or self.gives(key, "gives_medical")

    def rehabilitated(self, home: Any) -> bool:
        key = home.institution_id
        by_agreement = any(
            "REHABILITATION" in a.items for a in self.agreements_with(key) if a.elderly_id == key
        )
        return by_agreement or self.gives(key, "gives_rehabilitation")

    # 床位与在住

    def bed_report(self, institution: int, register: str) -> Any:
        return self.latest(
            report
            for report in self.all.beds
            if report.institution_id == institution
            and report.register == register
            and report.basis == "ACTUAL"
        )

    def in_house_reports(self, home: int) -> list[Any]:
        units = [
            p.institution_id
            for p in self.today.values()
            if p.host_id == home and p.status == "OPERATING"
        ]
        reports = [self.bed_report(unit, "HEALTH") for unit in {home, *units}]
        return [report for report in reports if report is not None]

    def care_beds(self, home: int) -> int:
        own = self.bed_report(home, "CIVIL_AFFAIRS")
        in_house = sum(report.rehabilitation for report in self.in_house_reports(home))
        return int(own.nursing + in_house - own.in_both_care)

    def all_beds(self, home: int) -> int:
        own = self.bed_report(home, "CIVIL_AFFAIRS")
        in_house = sum(report.total for report in self.in_house_reports(home))
        return int(own.total + in_house - own.in_both)

    def occupants(self, home: int) -> int | None:
        report = self.latest(o for o in self.all.occupancies if o.institution_id == home)
        return None if report is None else report.occupants

    # 人

    def residence(self, person: int, day: date) -> Any:
        stays = [r for r in self.all.residences if r.person_id == person and holds(r, day)]
        return stays[0] if stays else None

    def is_out(self, person: Person, stay: Any) -> bool:
        return bool(
            person.duplicate_of_id
            or person.voided_at
            or (person.died_on and person.died_on <= self.day)
            or stay.kind != "USUAL"
        )

    def signed_up(self, signup: Any) -> bool:
        return bool(
            signup.starts_on <= self.day
            and (signup.auto_renews or signup.expires_on >= self.day)
            and (signup.terminated_on is None or signup.terminated_on > self.day)
        )

    def is_key(self, person: Person) -> bool:
        grouped = any(g.person_id == person.pk and holds(g, self.day) for g in self.all.groups)
        return grouped or age(person.born_on, self.day) >= 65

    def managed(self, management: Any, until: date) -> bool:
        steps = (
            *(management.record_on, management.exam_on),
            *(management.guided_on, management.form_completed_on),
        )
        return all(step is not None and step <= until for step in steps)

    def population(self, region: int, group: str, until: date) -> int | None:
        """Its own last published figure, else the sum of its children if all have one."""
        own = [
            p
            for p in self.all.populations
            if (p.region_id, p.group, p.basis) == (region, group, "USUAL") and p.counted_on <= until
        ]
        if own:
            return int(max(own, key=lambda p: p.counted_on).people)
        parts = [
            self.population(child, group, until)
            for child, parent in self.parents.items()
            if parent == region
        ]
        known = [part for part in parts if part is not None]
        return sum(known) if parts and len(known) == len(parts) else None

    def year_end(self) -> date:
        ends_today = (self.day.month, self.day.day) == (12, 31)
        return self.day if ends_today else date(self.day.year - 1, 12, 31)
