"""A small city filled at random: every date near the day that is measured."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Any, TypeVar

from contracts.models import (
    AggregateGroup,
    AgreementMode,
    DoctorTeam,
    FamilyDoctorSignup,
    HealthManagement,
    HomeSickbed,
    KeyGroup,
    KeyGroupMembership,
    PartnershipAgreement,
    Person,
    PersonResidence,
    ResidenceKind,
    SignupAggregate,
    TeamArea,
)
from institutions.models import (
    BedBasis,
    BedCount,
    BedRegister,
    CareService,
    GreenChannel,
    Institution,
    InstitutionProfile,
    Licence,
    LicenceKind,
    Occupancy,
    PilotProject,
    Population,
    PopulationBasis,
    PopulationGroup,
    Region,
    RegionLevel,
    RegionPlacement,
    ServiceForm,
    Status,
)

T = TypeVar("T")
OFFSETS = (-400, -367, -366, -365, -364, -93, -92, -91, -31, -1, 0, 1, 2, 45)
CATEGORIES = ("", "", "", "A100", "A100", "A411", "B100", "B200", "D120", "D211", "D400", "J100")
KINDS = ("", *["CARE_HOME"] * 3, *["STREET_ELDERLY_CENTRE"] * 2, "DAY_CARE_CENTRE")
STATUSES = (*[Status.OPERATING.value] * 4, Status.SUSPENDED.value, Status.PLANNED.value)
STEPS = ("REGISTRATION", "CONSULTATION", "PAYMENT", "DISPENSING")
ADDRESSES = ("", "甲路 1 号", "乙路 2 号")
CODES = ("", "91150300MA0XXXXXX1", "91150300MA0XXXXXX2")
VOID = {"voided_at": "2017-01-01T00:00:00Z", "void_reason": "录错"}


class Filler:
    """Fills the registers; each method one register, with its own database rules kept."""

    def __init__(self, random: Random, day: date) -> None:
        self.random = random
        self.day = day
        self.number = count(1)
        self.long_ago = day - timedelta(1500)

    def fill(self) -> Region:
        """A whole city; its region."""
        self.fill_tree()
        self.fill_institutions()
        self.fill_facts()
        self.fill_reports()
        self.fill_agreements()
        self.fill_teams()
        self.fill_persons()
        self.fill_care()
        self.fill_figures()
        return self.city

    # 随机

    def one(self, choices: Sequence[T]) -> T:
        return self.random.choice(choices)

    def some(self, chance: int) -> bool:
        """True in `chance` of ten."""
        return self.random.randrange(10) < chance

    def near(self) -> date:
        return self.day + timedelta(self.one(OFFSETS))

    def start(self) -> date:
        return self.near() if self.some(3) else self.long_ago

    def span(self) -> dict[str, Any]:
        """A start, an end not before it or none, and sometimes a void."""
        starts_on = self.start()
        ends_on = self.near() if self.some(3) else None
        if ends_on is not None and ends_on < starts_on:
            ends_on = starts_on
        return {"starts_on": starts_on, "ends_on": ends_on, **self.void()}

    def void(self) -> dict[str, Any]:
        return dict(VOID) if self.random.randrange(20) == 19 else {}

    def two_spans(self) -> list[dict[str, Any]]:
        """One span, or two with the second beginning the day after the first."""
        if self.some(6):
            return [{"starts_on": self.start(), "ends_on": None}]
        last = self.near()
        second = {"starts_on": last + timedelta(1), "ends_on": None}
        return [{"starts_on": self.long_ago, "ends_on": last}, second]

    def region(self, level: RegionLevel, parents: list[Region]) -> Region:
        number = next(self.number)
        region = Region.objects.create(code=f"{number:012d}", name=f"区划{number}", level=level)
        for span in self.two_spans() if parents else []:
            RegionPlacement.objects.create(region=region, parent=self.one(parents), **span)
        return region

    def fill_tree(self) -> None:
        self.city = self.region(RegionLevel.CITY, [])
        districts = [self.region(RegionLevel.DISTRICT, [self.city]) for _ in range(3)]
        self.streets = [self.region(RegionLevel.STREET, districts) for _ in range(3)]
        self.communities = [self.region(RegionLevel.COMMUNITY, self.streets) for _ in range(3)]
        self.regions = [self.city, *districts, *self.streets, *self.communities]

    def fill_institutions(self) -> None:
        self.institutions = Institution.objects.bulk_create(
            [Institution(code=f"G-{number}") for number in range(9)]
        )
        profiles = [
            self.profile(institution, span)
            for institution in self.institutions
            for span in self.two_spans()
        ]
        InstitutionProfile.objects.bulk_create(profiles)

    def profile(self, institution: Institution, span: dict[str, Any]) -> InstitutionProfile:
        category = self.one(CATEGORIES)
        kind = self.one(KINDS) if category else self.one(KINDS[1:])
        others = [other for other in self.institutions if other != institution]
        return InstitutionProfile(
            institution=institution,
            name="机构",
            region=self.one(self.communities + self.streets),
            address=self.one(ADDRESSES),
            credit_code=self.one(CODES),
            status=self.one(STATUSES),
            category=category,
            level=self.one((None, 1, 2, 2, 3)),
            departments=self.one(([], ["GERIATRICS"])),
            elderly_kind=kind,
            host=self.one(others) if self.some(3) else None,
            **span,
        )

    def fill_facts(self) -> None:
        for institution in self.institutions:
            for kind in LicenceKind:
                if self.some(7):
                    beds = self.one((9, 10, 10, 50))
                    Licence.objects.create(
                        institution=institution,
                        kind=kind,
                        number="证",
                        full_time_beds=beds,
                        **self.span(),
                    )
            if self.some(7):
                steps = list(STEPS if self.some(7) else STEPS[:3])
                GreenChannel.objects.create(institution=institution, steps=steps, **self.span())
            if self.some(5):
                self.fill_care_service(institution)

    def fill_care_service(self, institution: Institution) -> None:
        medical = self.some(5)
        CareService.objects.create(
            institution=institution,
            form=self.one(ServiceForm.values),
            gives_medical=medical,
            gives_rehabilitation=not medical or self.some(3),
            **self.span(),
        )

    def fill_reports(self) -> None:
        for institution in self.institutions:
            for register in BedRegister:
                for counted_on in {self.near(), self.day - timedelta(self.one((0, 92, 93)))}:
                    if self.some(7):
                        self.fill_beds(institution, register, counted_on)
            if self.some(8):
                Occupancy.objects.create(
                    institution=institution,
                    counted_on=self.month_end(),
                    occupants=self.random.randrange(20),
                    **self.void(),
                )

    def fill_beds(self, institution: Institution, register: str, counted_on: date) -> None:
        BedCount.objects.create(
            institution=institution,
            register=register,
            basis=self.one((*[BedBasis.ACTUAL] * 5, BedBasis.APPROVED)),
            counted_on=counted_on,
            total=self.one((0, 10, 20)),
            nursing=self.one((0, 3, 6)),
            rehabilitation=self.one((0, 2)),
            in_both=self.one((0, 2)),
            in_both_care=self.one((0, 1)),
            **self.void(),
        )

    def month_end(self) -> date:
        """The last day of a month near the day."""
        first = (self.day + timedelta(self.one((-130, -100, -70, -31, 1, 20)))).replace(day=1)
        return first - timedelta(1)

    def fill_agreements(self) -> None:
        for mode in (AgreementMode.COOPERATION, AgreementMode.MEDICAL_ROUND):
            for medical in self.institutions:
                elderly = self.one(self.institutions)
                if medical != elderly and self.some(7):
                    self.agree(medical, elderly, mode)

    def agree(self, medical: Institution, elderly: Institution, mode: str) -> None:
        """One agreement, sometimes followed by a second."""
        for span in self.two_spans():
            starts_on, expires_on = span["starts_on"], span["ends_on"]
            terminated_on = self.near() if self.some(2) else None
            number, items = f"协{next(self.number)}", self.one(([], ["REHABILITATION"]))
            signed_on = self.one((None, self.near(), starts_on, starts_on, starts_on))
            # 没签的谈不上解约，也不会在生效之前解约：数据库都不收。
            if signed_on is None or (terminated_on is not None and terminated_on <= starts_on):
                terminated_on = None
            PartnershipAgreement.objects.create(
                number=number,
                medical=medical,
                elderly=elderly,
                mode=mode,
                items=items,
                signed_on=signed_on,
                starts_on=starts_on,
                expires_on=expires_on,
                terminated_on=terminated_on,
                termination_reason="测试" if terminated_on else "",
                **self.void(),
            )

    def fill_teams(self) -> None:
        self.teams = [
            DoctorTeam.objects.create(
                code=f"TD-{number}",
                name="队",
                institution=self.one(self.institutions),
                **self.span(),
            )
            for number in range(3)
        ]
        for team in self.teams:
            for community in self.communities:
                if self.some(5):
                    TeamArea.objects.create(team=team, region=community, **self.span())

    def team(self, code: str) -> DoctorTeam:
        place = self.one(self.institutions)
        return DoctorTeam.objects.create(code=code, name="队", institution=place, **self.span())

    def fill_persons(self) -> None:
        self.persons: list[Person] = []
        for _ in range(9):
            person = Person.objects.create(
                born_on=self.birth(),
                died_on=self.near() if self.some(2) else None,
                duplicate_of=self.one(self.persons) if self.persons and self.some(1) else None,
                **self.void(),
            )
            self.persons.append(person)
            self.settle(person)
            self.sign(person)

    def birth(self) -> date:
        """A birthday at 60 or 65 about the day, or safely old."""
        if self.some(4):
            return date(1935, 3, 3)
        shifted = self.day + timedelta(self.one((-180, -1, 0, 1, 2)))
        return shifted.replace(year=shifted.year - self.one((60, 65)), day=min(shifted.day, 28))

    def settle(self, person: Person) -> None:
        for span in self.two_spans():
            PersonResidence.objects.create(
                person=person,
                region=self.one(self.communities),
                kind=self.one((ResidenceKind.USUAL, ResidenceKind.USUAL, *ResidenceKind)),
                institution=self.one(self.institutions) if self.some(1) else None,
                **span,
            )

    def sign(self, person: Person) -> None:
        """Sign-ups of a year and more, each beginning after the one before has ended."""
        free_from = self.day - timedelta(1200)
        while self.some(7):
            starts_on = free_from + timedelta(self.one((0, 1, 90, 470)))
            expires_on = starts_on + timedelta(self.one((365, 366, 400, 729, 730)))
            terminated_on = self.near() if self.some(2) else None
            if terminated_on is not None and terminated_on <= starts_on:
                terminated_on = None
            auto_renews = self.some(2)
            FamilyDoctorSignup.objects.create(
                person=person,
                team=self.one(self.teams),
                signed_on=starts_on,
                starts_on=starts_on,
                expires_on=expires_on,
                auto_renews=auto_renews,
                terminated_on=terminated_on,
                termination_reason="测试" if terminated_on else "",
            )
            ended_on = terminated_on if auto_renews else expires_on
            if ended_on is None:
                return
            free_from = ended_on + timedelta(1)

    def fill_care(self) -> None:
        for person in self.persons:
            if self.some(3):
                KeyGroupMembership.objects.create(
                    person=person, group=self.one(KeyGroup.values), **self.span()
                )
            if self.some(4):
                HomeSickbed.objects.create(
                    person=person, institution=self.one(self.institutions), **self.span()
                )
            for year in (self.day.year - 1, self.day.year):
                if self.some(6):
                    self.manage(person, year)

    def manage(self, person: Person, year: int) -> None:
        HealthManagement.objects.create(
            person=person,
            institution=self.one(self.institutions),
            year=year,
            record_on=self.step(year),
            exam_on=self.step(year),
            guided_on=self.step(year),
            form_completed_on=self.step(year),
            **self.void(),
        )

    def step(self, year: int) -> date | None:
        """A day in `year`, the measured day of the year among them; sometimes none."""
        same_day = date(year, self.day.month, min(self.day.day, 28))
        days = (date(year, 1, 1), date(year, 2, 28), date(year, 3, 1), same_day)
        return None if self.some(1) else self.one((*days, *days, date(year, 12, 31)))

    # 汇总与公布的数

    def fill_figures(self) -> None:
        for street in self.streets:
            for group in AggregateGroup:
                for counted_on in {self.near(), self.near()}:
                    SignupAggregate.objects.create(
                        region=street,
                        group=group,
                        counted_on=counted_on,
                        signed=self.random.randrange(50),
                        **self.void(),
                    )
        for region in self.regions:
            if self.some(6):
                self.publish(region)
        for number in range(3):
            self.name_pilot(number)

    def publish(self, region: Region) -> None:
        for group in PopulationGroup:
            for counted_on in {self.long_ago, self.near()}:
                if self.some(7):
                    basis = self.one((*[PopulationBasis.USUAL] * 3, PopulationBasis.HOUSEHOLD))
                    Population.objects.create(
                        region=region,
                        group=group,
                        basis=basis,
                        counted_on=counted_on,
                        people=self.random.randrange(200),
                        source="测试",
                        **self.void(),
                    )

    def name_pilot(self, number: int) -> None:
        PilotProject.objects.create(
            name=f"试点{number}",
            region=self.one(self.regions),
            named_on=self.start(),
            in_use_on=self.near() if self.some(7) else None,
            verified_on=self.near() if self.some(7) else None,
            **self.void(),
        )
