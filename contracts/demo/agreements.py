"""Partnership agreements over the years, with the forms of service that rest on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from uuid import UUID

from contracts.demo.elderly_sites import (
    AGREEMENT,
    IN_HOUSE,
    ROUND,
    TRUSTEESHIP,
    HomeSite,
    served_from,
)
from contracts.demo.sites import ONE_DAY, Register, Site
from contracts.models import AgreementMode, PartnershipAgreement, ServiceItem
from institutions.models import CareService, ServiceForm, Status
from yiyang.lib.ages import birthday

MODES = {
    AGREEMENT: (AgreementMode.COOPERATION, ServiceForm.AGREEMENT),
    ROUND: (AgreementMode.MEDICAL_ROUND, ServiceForm.MEDICAL_ROUND),
    TRUSTEESHIP: (AgreementMode.TRUSTEESHIP, ServiceForm.TRUSTEESHIP),
}
BASIC_ITEMS = (
    ServiceItem.PUBLIC_HEALTH,
    ServiceItem.MEDICAL_ROUND,
    ServiceItem.HEALTH_MANAGEMENT,
    ServiceItem.APPOINTMENT,
)
MORE_ITEMS = (
    ServiceItem.TREATMENT,
    ServiceItem.NURSING,
    ServiceItem.REHABILITATION,
    ServiceItem.EMERGENCY,
    ServiceItem.REFERRAL,
    ServiceItem.TELEMEDICINE,
    ServiceItem.TRADITIONAL_MEDICINE,
    ServiceItem.GUIDANCE,
)
# 还在履行的协议中，前几份的到期日距今天的天数（负数为刚过期未续）。
EXPIRING = (0, 9, 14, 27, 41, 58, 77, 88, -12)
TERMS = (2, 3, 5)
# 2020 年末正好断档的一家。
GAP_HOME, GAP = "长青老年公寓", (date(2020, 6, 30), date(2021, 3, 1))
TWO_MODES_HOME = "祥和老年公寓"
OWN_UNIT_HOME = "社会福利院"
SIGNING_PROVIDERS = 22
TERMINATED = {
    4: "医疗方人员不足",
    9: "养老方更换合作单位",
    15: "双方协商一致",
    21: "服务未按约履行",
}
LAPSED = (6, 12, 18)
DRAFTS = 5
SIDES_APART_FROM = 2025


@dataclass(slots=True)
class Agreements:
    """Makes the chains of agreements, each renewal linked to what it renews."""

    register: Register
    medical: list[Site]
    random: Random = field(init=False)
    made: list[PartnershipAgreement] = field(default_factory=list)
    running: list[PartnershipAgreement] = field(default_factory=list)
    today: date = field(init=False)

    def __post_init__(self) -> None:
        self.random = self.register.scene.random("agreements")
        self.today = self.register.scene.today

    def make(self, homes: list[HomeSite], providers: list[Site]) -> None:
        """Sign everything and add the agreements and services to the register."""
        for place, home in enumerate(homes):
            self._of_home(home, place)
        signing = [site for site in providers if site.is_open_on(self.today)]
        for place, site in enumerate(signing[:SIGNING_PROVIDERS]):
            self._of_provider(site, place)
        for site in (home.site for home in homes[:4]):
            self._chain(self._hospital(site, 0), site, AgreementMode.PAIRED_SUPPORT, 2016, years=3)
        self._bring_ends_near()
        unsigned = [home.site for home in homes if not home.spec.form] + signing[SIGNING_PROVIDERS:]
        for place, site in enumerate(unsigned[:DRAFTS]):
            self._draft(site, place)
        self.register.add(*self.made)

    def _of_home(self, home: HomeSite, place: int) -> None:
        spec, site = home.spec, home.site
        if spec.form == IN_HOUSE and home.unit is not None:
            self._serve(site, ServiceForm.IN_HOUSE, home.unit, home.unit.opened_on, None)
            if place % 2:
                self._chain(self._hospital(site, 1), site, AgreementMode.COOPERATION, 2018, years=3)
            if spec.name == OWN_UNIT_HOME:
                self._chain(home.unit, site, AgreementMode.COOPERATION, 2019, years=3)
        if spec.form in MODES and served_from(spec) <= self.today:
            self._served_by_agreement(home, place)

    def _served_by_agreement(self, home: HomeSite, place: int) -> None:
        mode, form = MODES[home.spec.form]
        partner = self._nearest(home.site) if place % 3 else self._hospital(home.site, place)
        starts_on = max(served_from(home.spec), home.site.opened_on)
        gap = GAP if home.spec.name == GAP_HOME else None
        chain = self._sign(partner, home.site, mode, starts_on, TERMS[place % 3], gap=gap)
        for span in _spans(chain):
            self._serve(home.site, form, partner, *span)
        if home.spec.name == TWO_MODES_HOME:
            self._chain(partner, home.site, AgreementMode.MEDICAL_ROUND, 2019, years=2)

    def _of_provider(self, site: Site, place: int) -> None:
        starts_on = max(date(2015 + place % 6, 1 + place % 12, 1), site.opened_on + 40 * ONE_DAY)
        chain = self._sign(
            *(self._nearest(site), site, AgreementMode.COOPERATION, starts_on, TERMS[place % 3]),
            stops=self.today.replace(year=self.today.year - 1) if place in LAPSED else None,
        )
        if place in TERMINATED and chain:
            self._terminate(chain[-1], TERMINATED[place])

    def _chain(
        self, medical: Site, elderly: Site, mode: AgreementMode, year: int, *, years: int
    ) -> None:
        starts_on = max(date(year, 3, 1), elderly.opened_on, medical.opened_on)
        self._sign(medical, elderly, mode, starts_on, years)

    def _sign(
        self,
        medical: Site,
        elderly: Site,
        mode: AgreementMode,
        starts_on: date,
        years: int,
        *,
        gap: tuple[date, date] | None = None,
        stops: date | None = None,
    ) -> list[PartnershipAgreement]:
        """Sign, and renew until today, until the elderly side closes or `stops`."""
        last = min(stops or self.today, _last_day(elderly, self.today))
        chain: list[PartnershipAgreement] = []
        while starts_on <= last:
            expires_on = birthday(starts_on, years) - ONE_DAY
            if gap and starts_on < gap[0] <= expires_on:
                expires_on = gap[0]
            chain.append(self._agreement(medical, elderly, mode, starts_on, expires_on))
            if len(chain) > 1 and chain[-2].expires_on == starts_on - ONE_DAY:
                chain[-1].renewal_of = chain[-2]
            starts_on = gap[1] if gap and expires_on == gap[0] else expires_on + ONE_DAY
        if chain and elderly.is_open_on(self.today) and stops is None:
            self.running.append(chain[-1])
        return chain

    def _agreement(
        self,
        medical: Site,
        elderly: Site,
        mode: AgreementMode,
        starts_on: date,
        expires_on: date | None,
    ) -> PartnershipAgreement:
        more = self.random.sample(MORE_ITEMS, self.random.randint(1, 4))
        # 编号在前：随机数的次序定下之后不能变，否则演示城市整个换样。
        uid = UUID(int=self.random.getrandbits(128), version=4)
        signed_on = starts_on - timedelta(days=self.random.randrange(20))
        agreement = PartnershipAgreement(
            uid=uid,
            number=f"演示医养〔{starts_on.year}〕{len(self.made) + 1:03d}号",
            medical=medical.institution,
            elderly=elderly.institution,
            mode=mode,
            items=sorted(item.value for item in (*BASIC_ITEMS, *more)),
            signed_on=signed_on,
            starts_on=starts_on,
            expires_on=expires_on,
        )
        if starts_on.year >= SIDES_APART_FROM:
            # 先签的一方早几天；更早的台账只知道一个签订日期。
            agreement.medical_signed_on = signed_on
            agreement.elderly_signed_on = signed_on - timedelta(days=len(self.made) % 4)
        self.made.append(agreement)
        return agreement

    def _bring_ends_near(self) -> None:
        """Let some running agreements end in the coming weeks, one today, one twelve days ago."""
        for agreement, days in zip(self.running[2::3], EXPIRING, strict=False):
            ends_on = self.today + timedelta(days=days)
            agreement.expires_on = max(ends_on, agreement.starts_on)

    def _terminate(self, agreement: PartnershipAgreement, reason: str) -> None:
        middle = agreement.starts_on + timedelta(days=120)
        agreement.terminated_on = max(min(middle, self.today), agreement.starts_on + ONE_DAY)
        agreement.termination_reason = reason
        if agreement in self.running:
            self.running.remove(agreement)

    def _draft(self, site: Site, place: int) -> None:
        starts_on = self.today + timedelta(days=5 * place - 5)
        draft = self._agreement(
            *(self._nearest(site), site, AgreementMode.COOPERATION, starts_on),
            birthday(starts_on, 1) - ONE_DAY,
        )
        draft.signed_on = draft.elderly_signed_on = None
        if place:
            draft.medical_signed_on = None

    def _serve(
        self, site: Site, form: ServiceForm, by: Site, starts_on: date, ends_on: date | None
    ) -> None:
        self.register.add(
            CareService(
                institution=site.institution,
                form=form,
                gives_medical=True,
                gives_rehabilitation=by.category in ("A710", "A720", "A527") or by.beds > 100,
                provider=by.institution,
                starts_on=starts_on,
                ends_on=ends_on,
            )
        )

    def _nearest(self, site: Site) -> Site:
        """A health centre or station of the same street, else of the district."""
        centres = [m for m in self.medical if m.category[0] in "BC"]
        street = [m for m in centres if m.community.street == site.community.street]
        district = [m for m in centres if m.community.district == site.community.district]
        return (street or district)[0]

    def _hospital(self, site: Site, place: int) -> Site:
        hospitals = [m for m in self.medical if m.category[0] == "A" and m.first.level]
        near = [m for m in hospitals if m.community.district == site.community.district]
        return near[place % len(near)]


def _last_day(site: Site, today: date) -> date:
    """The day before the site closed for good, else today."""
    closed = [p.starts_on - ONE_DAY for p in site.profiles if p.status == Status.CLOSED]
    return min([*closed, today])


def _spans(chain: list[PartnershipAgreement]) -> list[tuple[date, date | None]]:
    """The unbroken spans of a chain, each from its first day to its last."""
    spans: list[tuple[date, date | None]] = []
    for agreement in chain:
        if agreement.renewal_of is not None:
            spans[-1] = (spans[-1][0], agreement.expires_on)
        else:
            spans.append((agreement.starts_on, agreement.expires_on))
    return spans
