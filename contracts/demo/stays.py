"""One person's life in the register: where they stay, from day to day."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from contracts.demo.scene import Ordinal
from contracts.models import ResidenceKind


@dataclass(slots=True)
class Stay:
    """One dated residence; `home` is the place of an elderly-care home in the list of homes."""

    community: int
    kind: str
    starts: Ordinal
    ends: Ordinal | None = None
    home: int | None = None
    reason: str = ""


@dataclass(slots=True)
class Life:
    """A person with stays that follow each other without a gap."""

    uid: UUID
    name: str
    id_number: str
    phone: str
    sex: str
    born: Ordinal
    stays: list[Stay]
    died: Ordinal | None = None
    duplicate_of: int | None = None
    groups: list[tuple[str, Ordinal, Ordinal | None]] = field(default_factory=list)

    def stay_on(self, day: Ordinal) -> Stay | None:
        """The stay that holds on the day, or None before registration."""
        for stay in reversed(self.stays):
            if stay.starts <= day:
                return stay
        return None

    def is_usual_resident_on(self, day: Ordinal) -> bool:
        """Alive and 常住 on the day."""
        if self.died is not None and self.died <= day:
            return False
        stay = self.stay_on(day)
        return stay is not None and stay.kind == ResidenceKind.USUAL

    def move(
        self, day: Ordinal, community: int, *, home: int | None = None, reason: str = "搬家"
    ) -> None:
        """Live elsewhere in the city from the day on; nothing on the day a stay has just begun."""
        self._follow(Stay(community, ResidenceKind.USUAL, day, home=home, reason=reason))

    def leave(self, day: Ordinal, kind: str, reason: str) -> None:
        """Be gone from the day on, under the region left behind."""
        self._follow(Stay(self.stays[-1].community, kind, day, reason=reason))

    def die(self, day: Ordinal) -> None:
        """Be dead from the day on; a stay planned for later never comes."""
        self.died = day
        while self.stays[-1].starts >= day and len(self.stays) > 1:
            self.stays.pop()
            self.stays[-1].ends = None

    def _follow(self, stay: Stay) -> None:
        if stay.starts > self.stays[-1].starts:
            self.stays[-1].ends = stay.starts - 1
            self.stays.append(stay)
