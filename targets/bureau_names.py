"""What the bureaus are called on a day, and who answers for those that are gone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from targets.models import Bureau, BureauName, TaskBureau
from targets.models.bureau_grants import heirs_among


@dataclass(frozen=True, slots=True)
class NamedBureau:
    """The bureau answering today, and the printed name where it differs."""

    bureau_id: int
    name: str
    printed: str = ""


class BureauNames:
    """Names and successions of all bureaus on one day, read in two queries.

    Pages call a bureau by its short name; papers ask for the names `in_full`.
    """

    def __init__(self, day: date, *, in_full: bool = False) -> None:
        known = Bureau.objects.values_list("pk", "code", "successor_id", "succeeded_on")
        self.names, succeeded = {}, {}
        for pk, code, successor, succeeded_on in known:
            self.names[pk] = code
            if successor is not None and succeeded_on is not None and succeeded_on <= day:
                succeeded[pk] = successor
        self.heirs = heirs_among(succeeded)
        # 后写的盖过先写的：平时别名先于全称，文稿里反过来；同类里先登记的为准。
        first = "is_official" if in_full else "-is_official"
        rows = BureauName.objects.on(day).order_by(first, "-pk")
        self.names |= dict(rows.values_list("bureau_id", "name"))

    def heir(self, bureau_id: int) -> int:
        """The bureau that answers for it on the day, itself unless it has been succeeded."""
        return self.heirs.get(bureau_id, bureau_id)

    def name(self, bureau_id: int) -> str:
        """The short name of the bureau that answers."""
        return self.names[self.heir(bureau_id)]

    def of_part(self, part: TaskBureau) -> NamedBureau:
        """The bureau of a part by its name of the day, with the printed name if it is another."""
        name = self.name(part.bureau_id)
        printed = part.printed_name if part.printed_name != name else ""
        return NamedBureau(self.heir(part.bureau_id), name, printed)

    def choices(self) -> list[tuple[int, str]]:
        """The bureaus that exist on the day, those succeeded left out."""
        return sorted(
            ((pk, name) for pk, name in self.names.items() if pk not in self.heirs),
            key=lambda one: one[1],
        )


def official_names(day: date) -> dict[str, str]:
    """The full name of every bureau that has one on the day, by code, for papers."""
    rows = BureauName.objects.on(day).filter(is_official=True).order_by("bureau__code")
    return dict(rows.values_list("bureau__code", "name"))


def names_not_official(text: str, day: date) -> dict[str, str]:
    """Names in `text` that are short or of another time, each with the full name of the day.

    Empty where the bureau has gone and nobody answers for it under a full name.
    """
    bureaus = BureauNames(day)
    rows = BureauName.objects.on(day).filter(is_official=True).select_related("bureau")
    official = {row.bureau_id: row.name for row in rows}
    left = text
    for name in sorted(official.values(), key=len, reverse=True):
        left = left.replace(name, "\n")
    known = BureauName.objects.kept().values_list("bureau_id", "name")
    found = {}
    for bureau_id, name in sorted(known, key=lambda one: len(one[1]), reverse=True):
        if name in left:
            found[name] = official.get(bureaus.heir(bureau_id), "")
            left = left.replace(name, "\n")
    return found
