"""Writing what civil affairs keeps of an institution: filings, its register of beds, occupancy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from institutions.actions import give_licence, report_beds
from institutions.actions_many import enter_reports
from institutions.actions_reports import report_occupancy
from institutions.api.entries import BedEntry, LicenceEntry, OccupancyEntry
from institutions.api.reach import Reach, lock_institutions, reach_of, unreachable
from institutions.api.writing_institutions import CONFLICT, MISSING, REASON
from institutions.models import BedCount, BedRegister, Institution, Licence, Occupancy
from institutions.models.institutions import ELDERLY_CERTIFICATES
from yiyang.access.scope import Actor
from yiyang.api.entries import Entry
from yiyang.api.problems import faults_of
from yiyang.api.writing import Call, Outcome, Row, RowStatus, Writing, refuse
from yiyang.dated import Written
from yiyang.facts import Fact

MEDICAL_LICENCE = "医疗机构执业许可与诊所备案由卫健登记，民政不能改；有误请与卫健核对。"
HEALTH_BEDS = "卫健核定的床位由卫健登记，民政只报民政备案；有误请与卫健核对。"
IDENTITY = {"id", "voided_at", "void_reason"}


@dataclass(frozen=True, slots=True)
class Report:
    """One kind of report: its table, what a row is told apart by, and the verb of a single one.

    `foreign` says why a row is the other office's; `needs` are the fields a new row must hold.
    """

    model: type[Fact]
    keys: tuple[str, ...]
    enter: Callable[..., Written]
    needs: tuple[str, ...]
    foreign: Callable[[Mapping[str, Any]], tuple[str, str]] = lambda values: ("", "")

    def take(self, call: Call, rows: Sequence[Row]) -> list[Outcome]:
        """Write the rows, each answered by itself."""
        reach = reach_of(call.actor, [row.values["institution"] for row in rows])
        standing = self.standing(rows, reach.institutions)
        outcomes: list[Outcome] = []
        ready: list[_Ready] = []
        for row in rows:
            institution = reach.institutions.get(row.values["institution"])
            old = standing.get(self._key(row.values)) if institution is not None else None
            refused = self._refused(reach, row, institution, old)
            if refused is not None:
                outcomes.append(refused)
            elif institution is not None:
                ready.append(_Ready(row, old, self._values(row, institution, old)))
        return [*outcomes, *self._write(call, ready)]

    def lookup(self, actor: Actor, row: Row) -> str | None:
        """The number of the record that stands under the row's key, in the actor's scope."""
        rows: Any = self.model._default_manager
        named = {name: row.values[name] for name in self.keys if name != "institution"}
        found = rows.visible_to(actor).filter(
            voided_at=None, institution__code=row.values["institution"], **named
        )
        key = found.values_list("pk", flat=True).first()
        return None if key is None else str(key)

    def standing(
        self, rows: Sequence[Row], institutions: Mapping[str, Institution]
    ) -> dict[tuple[Any, ...], Fact]:
        """What stands under the rows' keys, in one query."""
        named = {
            f"{name}__in": {row.values[name] for row in rows}
            for name in self.keys
            if name != "institution"
        }
        table: Any = self.model._default_manager
        kept = table.filter(voided_at=None, institution__in=list(institutions.values()), **named)
        found: list[Any] = list(kept.select_related("institution"))
        return {
            tuple(
                one.institution.code if name == "institution" else getattr(one, name)
                for name in self.keys
            ): one
            for one in found
        }

    def _refused(
        self, reach: Reach, row: Row, institution: Institution | None, old: Fact | None
    ) -> Outcome | None:
        name, words = self.foreign(row.values)
        if words:
            fault = row.fault(words, "needs_consent", name)
            return Outcome(row, RowStatus.NEEDS_CONSENT, (fault,))
        if institution is None:
            return unreachable(reach, row, "institution")
        if missing := [name for name in self.needs if old is None and name not in row.values]:
            faults = tuple(row.fault(MISSING, "required", name) for name in missing)
            return Outcome(row, RowStatus.REFUSED, faults)
        return None

    def _values(self, row: Row, institution: Institution, old: Fact | None) -> dict[str, Any]:
        """The row with what it does not say as it stands."""
        said = {**row.values, "institution": institution}
        if old is None:
            return said
        names = (one.name for one in self.model._meta.concrete_fields)
        return {name: getattr(old, name) for name in names if name not in IDENTITY} | said

    def _write(self, call: Call, ready: Sequence[_Ready]) -> list[Outcome]:
        if len(ready) > 1:
            try:
                with transaction.atomic():
                    written = enter_reports(
                        by=call.actor,
                        model=self.model,
                        rows=[one.values for one in ready],
                        standing=[one.standing for one in ready],
                        reason=REASON,
                    )
            except (IntegrityError, ValidationError):
                pass
            else:
                pairs = zip(ready, written, strict=True)
                return [Outcome(one.row, RowStatus(did)) for one, did in pairs]
        return [self._write_alone(call, one) for one in ready]

    def _write_alone(self, call: Call, one: _Ready) -> Outcome:
        values = {"ends_on": None, **one.values} if self.model is Licence else one.values
        try:
            with transaction.atomic():
                written = self.enter(by=call.actor, **values)
        except ValidationError as error:
            faults = tuple(faults_of(error, one.row.pointer))
            return Outcome(one.row, RowStatus.REFUSED, faults)
        except IntegrityError:
            return refuse(one.row, CONFLICT, "conflict")
        return Outcome(one.row, RowStatus(written))

    def _key(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(values[name] for name in self.keys)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A row ready to be written, and what stands in its place."""

    row: Row
    standing: Fact | None
    values: dict[str, Any]


def _medical(values: Mapping[str, Any]) -> tuple[str, str]:
    is_elderly = values["kind"] in ELDERLY_CERTIFICATES
    return ("kind", "") if is_elderly else ("kind", MEDICAL_LICENCE)


def _health_beds(values: Mapping[str, Any]) -> tuple[str, str]:
    is_civil = values["register"] == BedRegister.CIVIL_AFFAIRS
    return ("register", "") if is_civil else ("register", HEALTH_BEDS)


def _writing(report: Report, entry: type[Entry], title: str) -> Writing:
    return Writing(
        entry=entry,
        keys=report.keys,
        lock=lambda rows: lock_institutions(rows, "institution"),
        take=report.take,
        lookup=report.lookup,
        title=title,
    )


LICENCE_REPORT = Report(
    Licence,
    ("institution", "kind", "starts_on"),
    give_licence,
    ("number", "full_time_beds"),
    _medical,
)
BED_REPORT = Report(
    BedCount,
    ("institution", "register", "basis", "counted_on"),
    report_beds,
    ("total",),
    _health_beds,
)
OCCUPANCY_REPORT = Report(
    Occupancy, ("institution", "counted_on"), report_occupancy, ("occupants",)
)
LICENCES = _writing(LICENCE_REPORT, LicenceEntry, "养老备案与许可")
BEDS = _writing(BED_REPORT, BedEntry, "民政备案床位")
OCCUPANCIES = _writing(OCCUPANCY_REPORT, OccupancyEntry, "月末在住")
