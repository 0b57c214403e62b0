"""Where a row behind a figure has its name, its region and the institution to call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from targets.indicators.base import Subject


@dataclass(frozen=True, slots=True)
class Naming:
    """Paths on the row; `institution` is empty where there is nobody to call."""

    name: tuple[str, ...]
    institution: str = "institution"

    @property
    def institution_key(self) -> str:
        return f"{self.institution}_id"

    def paths(self, subject: Subject) -> set[str]:
        """Everything to read on a row to name it."""
        calling = (self.institution_key, f"{self.institution}__code") if self.institution else ()
        return {*self.name, f"{subject.region}__name", *calling}

    def name_of(self, row: Mapping[str, Any]) -> str:
        return "—".join(row[path] or "" for path in self.name)

    def institution_of(self, row: Mapping[str, Any]) -> int | None:
        key: int | None = row[self.institution_key] if self.institution else None
        return key

    def code_of(self, row: Mapping[str, Any]) -> str:
        return (row[f"{self.institution}__code"] or "") if self.institution else ""


# 协议催养老方：备案、签约都由它办。
NAMINGS = {
    "agreements": Naming(("medical_profile__name", "elderly_profile__name"), "elderly"),
    "doctor_teams": Naming(("profile__name", "name")),
    "streets": Naming(("name",), ""),
}


def naming_of(subject: Subject) -> Naming:
    return NAMINGS.get(subject.name, Naming(("name",)))
