"""Everyone who is or was an older resident, each with a life from registration to today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random
from uuid import UUID

from contracts.demo.identities import Identities
from contracts.demo.lives import Home, live
from contracts.demo.places import Places
from contracts.demo.scene import FIRST_DAY, PUBLISHED_AGED_80, PUBLISHED_ON, Ordinal, Scene
from contracts.demo.stays import Life, Stay
from contracts.models import KeyGroup, ResidenceKind

START = FIRST_DAY.toordinal()
PUBLISHED = PUBLISHED_ON.toordinal()
OLD_AGE = 60
# 2016 年 9 月底 80 岁以下各年龄段的比重（80 岁及以上为公布数）。
BANDS = ((60, 65, 392), (65, 70, 266), (70, 75, 192), (75, 80, 150))
OLDEST = ((80, 85, 63), (85, 90, 28), (90, 97, 9))
# 每年满 60 岁的人数：1959—1961 年出生的少。
TURNING_60 = {2016: 940, 2017: 3900, 2018: 3600, 2019: 3200, 2020: 3000, 2021: 3100, 2022: 3700}
TURNING_60_LATER = 3950
ALREADY_DEAD, ALREADY_LEFT, ONLY_REGISTERED = 3800, 600, 2500
MOVING_IN_A_YEAR = 220
DUPLICATES = 320
FOUND_DUPLICATES = 190
GROUPS = (
    (KeyGroup.HYPERTENSION, 0.34),
    (KeyGroup.DIABETES, 0.13),
    (KeyGroup.DISABILITY, 0.05),
    (KeyGroup.LIFTED_FROM_POVERTY, 0.012),
    (KeyGroup.SPECIAL_FAMILY_PLANNING, 0.005),
    (KeyGroup.SEVERE_MENTAL_DISORDER, 0.004),
    (KeyGroup.TUBERCULOSIS, 0.0015),
)
CURED_AFTER_DAYS = 250


@dataclass(slots=True)
class People:
    """Makes all lives of a scene, in a fixed order."""

    scene: Scene
    places: Places
    homes: list[Home]
    random: Random = field(init=False)
    identities: Identities = field(init=False)
    _today: Ordinal = field(init=False)

    def __post_init__(self) -> None:
        self.random = self.scene.random("people")
        self.identities = Identities(self.scene.random("identities"))
        self._today = self.scene.today.toordinal()

    def make(self) -> list[Life]:
        """Return every life; exactly the published numbers stand on the published day."""
        lives = [self._counted(born) for born in self._counted_births()]
        lives += self._excluded()
        lives += self._entrants()
        lives += self._moving_in()
        for life in lives:
            self._join_groups(life)
        return lives + self._duplicates(lives)

    def _counted_births(self) -> Iterator[Ordinal]:
        """Birth days of those counted on the published day, 80 and over exactly as published."""
        oldest = self.scene.scaled(PUBLISHED_AGED_80)
        yield from self._births(OLDEST, oldest)
        yield from self._births(BANDS, self.scene.aged_60 - oldest)

    def _births(self, bands: tuple[tuple[int, int, int], ...], number: int) -> Iterator[Ordinal]:
        weights = [weight for _, _, weight in bands]
        for first, last, _ in self.random.choices(bands, weights, k=number):
            latest = PUBLISHED_ON.replace(year=PUBLISHED_ON.year - first).toordinal()
            earliest = PUBLISHED_ON.replace(year=PUBLISHED_ON.year - last).toordinal() + 1
            yield self.random.randint(earliest, latest)

    def _new(self, born: Ordinal, registered: Ordinal, kind: str, reason: str = "") -> Life:
        sex = "F" if self.random.random() < 0.52 else "M"
        has_phone = self.random.random() < 0.8
        stay = Stay(self.places.draw(self.random), kind, registered, reason=reason)
        return Life(
            uid=UUID(int=self.random.getrandbits(128), version=4),
            name=self.identities.name(sex),
            id_number=self.identities.id_number(date.fromordinal(born), sex),
            phone=self.identities.phone() if has_phone else "",
            sex=sex,
            born=born,
            stays=[stay],
        )

    def _counted(self, born: Ordinal) -> Life:
        life = self._new(born, _registration(born), ResidenceKind.USUAL)
        if self.random.random() < 0.02:
            life.move(self.random.randint(START + 1, PUBLISHED), self.places.draw(self.random))
        self._live(life, PUBLISHED + 1)
        return life

    def _live(self, life: Life, from_day: Ordinal) -> None:
        live(life, self.random, self.places, self.homes, from_day, self._today)

    def _excluded(self) -> Iterator[Life]:
        """People in the register who are not counted on the published day, each with a reason."""
        for _ in range(self.scene.scaled(ALREADY_DEAD)):
            life = self._new(self._old_birth(12), START, ResidenceKind.USUAL)
            life.died = self.random.randint(START + 1, PUBLISHED)
            yield life
        for _ in range(self.scene.scaled(ALREADY_LEFT)):
            life = self._new(self._old_birth(2), START, ResidenceKind.USUAL)
            life.leave(self.random.randint(START + 1, PUBLISHED), ResidenceKind.LEFT, "投靠子女")
            yield life
        for _ in range(self.scene.scaled(ONLY_REGISTERED)):
            yield self._new(self._old_birth(2), START, ResidenceKind.REGISTERED, "长期居住外地")

    def _old_birth(self, spread: int) -> Ordinal:
        """The birth day of someone over 60 when the register began."""
        return START - int((61 + abs(self.random.gauss(0, spread))) * 365.25)

    def _entrants(self) -> Iterator[Life]:
        """Residents registered on their 60th birthday, year after year."""
        for year in range(PUBLISHED_ON.year, self.scene.today.year + 1):
            first = max(date(year, 1, 1).toordinal(), PUBLISHED + 1)
            for _ in range(self.scene.scaled(TURNING_60.get(year, TURNING_60_LATER))):
                turning = self.random.randint(first, date(year, 12, 31).toordinal())
                born = _sixty_years_before(turning)
                if turning > self._today:
                    continue
                life = self._new(born, turning, ResidenceKind.USUAL, "年满 60 岁")
                self._live(life, turning + 1)
                yield life

    def _moving_in(self) -> Iterator[Life]:
        """Older people who come from elsewhere to live with their children."""
        years = range(PUBLISHED_ON.year + 1, self.scene.today.year + 1)
        for year in years:
            for _ in range(self.scene.scaled(MOVING_IN_A_YEAR)):
                arrived = date(year, 1, 1).toordinal() + self.random.randrange(365)
                age = 61 + abs(self.random.gauss(0, 6))
                if arrived > self._today:
                    continue
                life = self._new(arrived - int(age * 365.25), arrived, ResidenceKind.USUAL, "迁入")
                self._live(life, arrived + 1)
                yield life

    def _join_groups(self, life: Life) -> None:
        registered = life.stays[0].starts
        end = life.died or self._today
        for group, share in GROUPS:
            if self.random.random() >= share:
                continue
            joined = registered
            if self.random.random() < 0.45:
                joined += self.random.randrange(2500)
            if joined < end:
                cured = joined + CURED_AFTER_DAYS if group is KeyGroup.TUBERCULOSIS else None
                life.groups.append((group.value, joined, cured))

    def _duplicates(self, lives: list[Life]) -> list[Life]:
        """Second records of people already there: some found and marked, some not yet."""
        found = self.scene.scaled(FOUND_DUPLICATES)
        present = [i for i, life in enumerate(lives) if life.is_usual_resident_on(self._today)]
        indexes = self.random.sample(present, self.scene.scaled(DUPLICATES))
        return [self._duplicate(lives, index, i < found) for i, index in enumerate(indexes)]

    def _duplicate(self, lives: list[Life], index: int, is_found: bool) -> Life:
        original = lives[index]
        # 都登记在公布日之后，公布日的人数才恰好相符。
        earliest = max(PUBLISHED, original.stays[0].starts) + 1
        latest = max(earliest, self._today - 30)
        copy = self._new(original.born, self.random.randint(earliest, latest), ResidenceKind.USUAL)
        copy.name, copy.sex = original.name, original.sex
        copy.stays[0].community = original.stays[-1].community
        copy.stays[0].reason = "补登"
        copy.id_number = original.id_number if is_found else ""
        copy.duplicate_of = index if is_found else None
        return copy


def _registration(born: Ordinal) -> Ordinal:
    """The register's first day, or the 60th birthday for those younger then."""
    birthday_60 = date.fromordinal(born)
    turned = birthday_60.replace(year=birthday_60.year + OLD_AGE).toordinal()
    return max(START, turned)


def _sixty_years_before(day: Ordinal) -> Ordinal:
    turning = date.fromordinal(day)
    return turning.replace(year=turning.year - OLD_AGE).toordinal()
