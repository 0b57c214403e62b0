"""Family-doctor sign-ups of older people: first ones, renewals, lapses and terminations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random
from uuid import UUID

from contracts.demo.places import HAINAN, WUDA, Places
from contracts.demo.scene import FIRST_DAY, Ordinal, Scene, years_after
from contracts.demo.stays import Life
from contracts.demo.teams import TeamPlan
from contracts.models import ResidenceKind

# 到各年末签过约的份额（重点人群）；2017 年末使全市重点人群略高于 60 %。
EVER_SIGNED = {2015: 0.20, 2016: 0.42, 2017: 0.69, 2018: 0.75, 2019: 0.79, 2020: 0.82}
EVER_SIGNED_LATER, YEARLY_GAIN, CEILING = 0.82, 0.012, 0.93
BEHIND = {HAINAN: 0.11, WUDA: 0.01}
NOT_KEY = 0.55
AUTO_RENEWING = 0.6
TERMS = ((1, 55), (2, 15), (3, 30))
RENEWED = 0.9
COMING_BACK = 0.5
TERMINATED_A_YEAR = 0.012
REASONS = ("居民要求解约", "转签其他团队", "长期联系不上")
NOT_TERMINATED = 0.12
DUPLICATE_SIGNED = 0.4
SERVED = 0.55
SERVICES = ("慢病随访", "用药指导", "健康评估", "上门访视", "康复指导", "中医药保健指导")


@dataclass(slots=True)
class Signup:
    """One sign-up; `person` and `renewal_of` are places in the lists of lives and sign-ups."""

    uid: UUID
    person: int
    team: int
    starts: Ordinal
    expires: Ordinal
    auto_renews: bool
    signed: Ordinal
    terminated: Ordinal | None = None
    reason: str = ""
    renewal_of: int | None = None

    def end(self, today: Ordinal) -> Ordinal:
        """The last day in force, as far as it is past."""
        last = today if self.auto_renews else min(self.expires, today)
        return last if self.terminated is None else min(last, self.terminated - 1)


@dataclass(slots=True)
class Signups:
    """Signs up the people of a scene."""

    scene: Scene
    places: Places
    teams: TeamPlan
    random: Random = field(init=False)
    made: list[Signup] = field(default_factory=list)
    _today: Ordinal = field(init=False)

    def __post_init__(self) -> None:
        self.random = self.scene.random("signups")
        self._today = self.scene.today.toordinal()

    def make(self, lives: list[Life]) -> list[Signup]:
        """Return the sign-ups of all lives, a renewal always after what it renews."""
        for person, life in enumerate(lives):
            if life.stays[0].reason == "补登" and self.random.random() >= DUPLICATE_SIGNED:
                continue
            first = self._first_day(life)
            if first is not None and life.is_usual_resident_on(first):
                self._sign_up(person, life, first)
        return self.made

    def services(self) -> Iterator[tuple[int, Ordinal, str]]:
        """For a share of the sign-ups, one service: place of the sign-up, day and kind."""
        random = self.scene.random("services")
        for place, signup in enumerate(self.made):
            last = min(signup.end(self._today), signup.expires)
            if random.random() < SERVED and signup.starts <= last:
                yield place, random.randint(signup.starts, last), random.choice(SERVICES)

    def _first_day(self, life: Life) -> Ordinal | None:
        """The day of the first sign-up, if ever: the year when coverage reaches this person."""
        readiness = self.random.random() + BEHIND.get(
            self.places.communities[life.stays[0].community].district, 0.0
        )
        registered = life.stays[0].starts
        for year in range(date.fromordinal(registered).year, self.scene.today.year + 1):
            if readiness < _ever_signed(year) * _weight(life, year):
                first = max(registered, date(year, 1, 10).toordinal())
                day = self.random.randint(first, max(first, date(year, 12, 20).toordinal()))
                return day if day <= self._today else None
        return None

    def _sign_up(self, person: int, life: Life, day: Ordinal) -> None:
        if self.random.random() < AUTO_RENEWING:
            self._auto_renewing(person, life, day)
        else:
            self._fixed_terms(person, life, day)

    def _add(self, person: int, life: Life, day: Ordinal, years: int, *, auto: bool) -> Signup:
        stay = life.stay_on(day) or life.stays[0]
        signup = Signup(
            uid=UUID(int=self.random.getrandbits(128), version=4),
            person=person,
            team=self.teams.draw(self.random, stay.community, day),
            signed=max(day - self.random.randrange(8), FIRST_DAY.toordinal()),
            starts=day,
            expires=years_after(day, years) - 1,
            auto_renews=auto,
        )
        self.made.append(signup)
        return signup

    def _auto_renewing(self, person: int, life: Life, day: Ordinal) -> None:
        signup = self._add(person, life, day, 1, auto=True)
        end = self._gone_on(life, day)
        wanted = day + 30 + int(self.random.expovariate(TERMINATED_A_YEAR) * 365)
        if wanted < min(end or wanted + 1, self._today):
            signup.terminated = wanted
            signup.reason = self.random.choice(REASONS)
            if signup.reason == "转签其他团队":
                self._fixed_terms(person, life, signup.terminated)
        elif end is not None:
            self._terminate_gone(signup, life, end)

    def _fixed_terms(self, person: int, life: Life, day: Ordinal) -> None:
        """Sign for some years, again and again, until it lapses, or the person is gone."""
        end = self._gone_on(life, day)
        renews: int | None = None
        while day <= self._today and (end is None or day < end):
            [(years, _)] = self.random.choices(TERMS, [weight for _, weight in TERMS])
            signup = self._add(person, life, day, years, auto=False)
            signup.renewal_of = renews
            if end is not None and end <= signup.expires:
                self._terminate_gone(signup, life, end)
                return
            if self.random.random() < RENEWED:
                renews, day = len(self.made) - 1, signup.expires + 1
            elif self.random.random() < COMING_BACK:
                renews, day = None, signup.expires + self.random.randint(40, 400)
            else:
                return

    def _gone_on(self, life: Life, day: Ordinal) -> Ordinal | None:
        """The first day after `day` on which the person is dead or no usual resident."""
        left = [s.starts for s in life.stays if s.kind != ResidenceKind.USUAL and s.starts > day]
        days = left + ([life.died] if life.died is not None else [])
        return min(days, default=None)

    def _terminate_gone(self, signup: Signup, life: Life, end: Ordinal) -> None:
        """Most teams terminate within weeks; some forget to, which the checks should find."""
        noticed = end + self.random.randrange(40)
        if self.random.random() < NOT_TERMINATED or noticed > self._today:
            return
        if signup.auto_renews or noticed <= signup.expires:
            signup.terminated = noticed
            signup.reason = "死亡" if life.died == end else "迁出"


def _ever_signed(year: int) -> float:
    last = max(EVER_SIGNED)
    later = EVER_SIGNED_LATER + YEARLY_GAIN * (year - last)
    return EVER_SIGNED.get(year, min(CEILING, later))


def _weight(life: Life, year: int) -> float:
    """Key-group members and everyone from 65 are signed first."""
    is_key = bool(life.groups) or year - date.fromordinal(life.born).year >= 65
    return 1.0 if is_key else NOT_KEY
