"""Which bureau a printed name means on a day, from the files and the register together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import combinations

from targets.ingest.entries import BureauEntry, NameEntry
from targets.ingest.faults import Faults
from targets.ingest.tables import repeated
from targets.models import Bureau, BureauName


class Directory:
    """Names to bureau codes; a bureau given in a file is known by the file's names alone."""

    def __init__(self, entries: Sequence[BureauEntry]) -> None:
        self.names = [(entry.code, name) for entry in entries for name in entry.names]
        listed = [entry.code for entry in entries]
        registered = BureauName.objects.kept().exclude(bureau__code__in=listed)
        for row in registered.select_related("bureau"):
            name = NameEntry(row.name, row.is_official, row.starts_on, row.ends_on)
            self.names.append((row.bureau.code, name))

    def codes(self, printed_name: str, day: date) -> set[str]:
        """The bureaus called so on the day: one when all is well."""
        return {
            code for code, name in self.names if name.name == printed_name and name.holds_on(day)
        }

    def shared_names(self) -> list[str]:
        """Names two bureaus bear on the same day, which no task could tell apart."""
        return [
            f"“{name.name}”（{code}、{other_code}）"
            for (code, name), (other_code, other) in combinations(self.names, 2)
            if code != other_code and name.name == other.name and name.overlaps(other)
        ]


def check_bureaus(entries: Sequence[BureauEntry], faults: Faults) -> None:
    """Gather what is wrong with the bureaus themselves."""
    codes = [entry.code for entry in entries]
    for code in repeated(codes):
        faults.add("部门名录", f"代号“{code}”写了两次，请改成不同的或合成一段。")
    known = {*codes, *Bureau.objects.values_list("code", flat=True)}
    for entry in entries:
        if entry.successor and entry.successor not in known:
            faults.add(entry.where, f"没有代号为“{entry.successor}”的部门，请先补上这个部门。")
        if bool(entry.successor) != bool(entry.succeeded_on):
            faults.add(entry.where, "successor 与 succeeded_on 须同时写或都不写。")
        _check_names(entry, faults)
    _check_no_circle(entries, faults)
    for name in Directory(entries).shared_names():
        faults.add("部门名录", f"同一天有两个部门都叫{name}，请错开起止日期或改用全称。")


def _check_names(entry: BureauEntry, faults: Faults) -> None:
    if not any(name.is_official for name in entry.names):
        faults.add(entry.where, "没有正式名称，请在 names 中写一个 official = true 的名称。")
    for name in entry.names:
        if name.ends_on and name.ends_on < name.starts_on:
            faults.add(entry.where, f"名称“{name.name}”的截止日期早于起始日期，请改正。")
    for name, other in combinations(entry.names, 2):
        if not name.overlaps(other):
            continue
        if name.name == other.name:
            faults.add(entry.where, f"名称“{name.name}”在同一天写了两次，请合并或错开日期。")
        elif name.is_official and other.is_official:
            both = f"“{name.name}”与“{other.name}”"
            faults.add(entry.where, f"{both}同一天都是正式名称，请把前一个的 ends_on 提前。")


def _check_no_circle(entries: Sequence[BureauEntry], faults: Faults) -> None:
    heirs = {entry.code: entry.successor for entry in entries if entry.successor}
    for entry in entries:
        met, heir = [entry.code], heirs.get(entry.code)
        while heir and heir not in met:
            met.append(heir)
            heir = heirs.get(heir)
        if heir == entry.code:
            faults.add(entry.where, f"承接关系绕成了圈（{' → '.join([*met, heir])}），请改正。")
