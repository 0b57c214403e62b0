"""What the files say, typed but not yet compared with anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class NameEntry:
    """A name of a bureau from day to day, last day included."""

    name: str
    is_official: bool
    starts_on: date
    ends_on: date | None

    def holds_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)

    def overlaps(self, other: NameEntry) -> bool:
        return self.holds_on(other.starts_on) or other.holds_on(self.starts_on)


@dataclass(frozen=True, slots=True)
class BureauEntry:
    where: str
    code: str
    successor: str
    succeeded_on: date | None
    note: str
    names: tuple[NameEntry, ...]


@dataclass(frozen=True, slots=True)
class ClauseEntry:
    where: str
    reference: str
    topic: str


@dataclass(frozen=True, slots=True)
class MilestoneEntry:
    where: str
    due_on: date
    threshold: Decimal


@dataclass(frozen=True, slots=True)
class TargetEntry:
    where: str
    code: str
    clause: str
    region: str
    indicator: str
    judged_reading: str
    due_on: date | None
    comparator: str
    threshold: Decimal | None
    threshold_upper: Decimal | None
    has_upper_failure: bool
    confirmation: str
    wording: str
    note: str
    milestones: tuple[MilestoneEntry, ...]

    @property
    def numbers(self) -> tuple[Decimal, ...]:
        """Every number the target names, its yearly steps included."""
        stated = (self.threshold, self.threshold_upper, *(m.threshold for m in self.milestones))
        return tuple(number for number in stated if number is not None)


@dataclass(frozen=True, slots=True)
class TaskEntry:
    """A task with the bureaus' parts in printed order, each a role and a printed name."""

    where: str
    position: int
    printed_number: int
    mode: str
    title: str
    is_open_ended: bool
    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PolicyEntry:
    where: str
    slug: str
    number: str
    title: str
    issuer: str
    signed_on: date
    published_on: date | None
    status: str
    repealed_on: date | None
    status_seen_on: date
    last_due_on: date | None
    region: str
    confirmation: str
    source_note: str
    clauses: tuple[ClauseEntry, ...]
    targets: tuple[TargetEntry, ...]
    tasks: tuple[TaskEntry, ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """Everything a set of files says."""

    bureaus: tuple[BureauEntry, ...]
    policies: tuple[PolicyEntry, ...]

    @property
    def targets(self) -> tuple[TargetEntry, ...]:
        return tuple(target for policy in self.policies for target in policy.targets)
