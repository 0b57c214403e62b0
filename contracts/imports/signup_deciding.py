"""What a line changes in the registers, given what they know of its person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from contracts.imports.key_groups import is_restricted, open_groups_in_words
from contracts.imports.signup_known import Known, Signup
from contracts.imports.signup_reading import HEADINGS, Places, Wanted
from institutions.imports.lines import Checked
from institutions.ingest.registers import Fault
from institutions.models import RowKind
from yiyang.lib.crypto import digest, digests
from yiyang.lib.masking import mask_name, mask_phone

Refusal = tuple[Fault, ...]
NEEDS_REGION = "这个人还没有登记，须填居住地区划代码才能建档。"
ELSEWHERE = "这个人现登记居住在您的授权范围以外，请由所在区经办，或先办迁入。"
DEAD = "这个人已于 {} 登记死亡，不能再有其后生效的签约，请核对证件号。"
TWICE = "与第 {} 行是同一人同一生效日的签约，文件里只能出现一次，请删去其中一行。"
OVERLAPS = "与这个人 {} 起的签约重叠；同一时间只能签一个团队，请先解约或改生效日期。"


@dataclass(slots=True)
class Writes:
    """What a chunk of lines writes, table by table."""

    persons: list[tuple[Known, Wanted]] = field(default_factory=list)
    names: list[tuple[Known, Wanted]] = field(default_factory=list)
    phones: list[tuple[Known, Wanted]] = field(default_factory=list)
    moves: list[tuple[Known, Wanted]] = field(default_factory=list)
    signups: list[tuple[Known, Signup]] = field(default_factory=list)
    corrected: list[Signup] = field(default_factory=list)
    linked: list[Signup] = field(default_factory=list)
    groups: list[tuple[Known, str, Wanted]] = field(default_factory=list)


class Decider:
    """Decides line by line, remembering what earlier lines of the chunk will have written."""

    def __init__(
        self,
        places: Places,
        persons: dict[bytes, Known],
        new_person: Callable[[], tuple[int, UUID]],
        new_signup: Callable[[], int],
        first_own: int,
        unsaid: Sequence[str] = (),
    ) -> None:
        self.writes = Writes()
        self._places, self._persons = places, persons
        self._new_person, self._new_signup = new_person, new_signup
        self._first_own, self._unsaid = first_own, unsaid

    def decide(self, wanted: Wanted) -> Checked:
        """What the line is; nothing of a refused line is written."""
        known = self._persons.get(wanted.digest)
        self._keep_unsaid(known, wanted)
        if faults := self._refusal(known, wanted):
            return Checked(wanted.line, RowKind.ERROR, faults=faults)
        old: dict[str, str] = {}
        if known is None:
            known = self._enter(wanted)
        else:
            self._correct_person(known, wanted, old)
        is_new = self._sign_up(known, wanted, old)
        self._join_groups(known, wanted, old, is_new=is_new)
        kind = RowKind.NEW if is_new else RowKind.CHANGED if old else RowKind.UNCHANGED
        return Checked(wanted.line, kind, old)

    def _keep_unsaid(self, known: Known | None, wanted: Wanted) -> None:
        """What the sheet has no column for stays as it is in a sign-up of the register."""
        signup = known.signups.get(wanted.starts_on) if known is not None else None
        for name in self._unsaid if signup is not None else ():
            setattr(wanted, name, getattr(signup, name))

    def _refusal(self, known: Known | None, wanted: Wanted) -> Refusal:
        if known is None:
            return _fault("region", NEEDS_REGION) if wanted.region_id is None else ()
        if not self._places.covers(known.region_id):
            return (Fault(ELSEWHERE),)
        if known.died_on is not None and wanted.starts_on >= known.died_on:
            return _fault("id_number", DEAD.format(known.died_on))
        return self._overlap(known, wanted)

    def _overlap(self, known: Known, wanted: Wanted) -> Refusal:
        for starts_on, signup in known.signups.items():
            if starts_on == wanted.starts_on:
                if signup.line or signup.id >= self._first_own:
                    return (Fault(TWICE.format(signup.line or "前面某")),)
            elif starts_on <= wanted.last_day and signup.last_day >= wanted.starts_on:
                return _fault("starts_on", OVERLAPS.format(starts_on))
        return ()

    def _enter(self, wanted: Wanted) -> Known:
        number, uid = self._new_person()
        known = Known(
            id=number,
            uid=uid,
            name_digest=None,
            region_id=wanted.region_id,
            home_since=wanted.resides_from,
            is_new=True,
            phone=wanted.phone,
        )
        self._persons[wanted.digest] = known
        self.writes.persons.append((known, wanted))
        return known

    def _correct_person(self, known: Known, wanted: Wanted, old: dict[str, str]) -> None:
        """A new name, phone or home; a person of this very sheet is as their first line says."""
        if known.is_new:
            return
        if not self._same_name(known, wanted.name):
            old["name"] = mask_name(known.name_known()) or "（空）"
            self.writes.names.append((known, wanted))
            known.name_digest = digest(wanted.name, "name")
        if wanted.phone and known.phone_known() != wanted.phone:
            old["phone"] = mask_phone(known.phone_known()) or "（空）"
            self.writes.phones.append((known, wanted))
            known.phone = wanted.phone
        if self._has_moved(known, wanted):
            assert known.region_id is not None
            old["region"] = self._places.names.get(known.region_id, "")
            self.writes.moves.append((known, wanted))
            known.region_id, known.home_since = wanted.region_id, wanted.resides_from

    def _same_name(self, known: Known, name: str) -> bool:
        if known.name_digest == digest(name, "name"):
            return True
        # 换检索密钥期间，旧密钥算的也认。
        return known.name_digest in digests(name, "name")

    def _has_moved(self, known: Known, wanted: Wanted) -> bool:
        """A home elsewhere, later than the one known; a wider region says nothing new."""
        if wanted.region_id is None or known.region_id is None or known.home_since is None:
            return False
        if self._places.lies_in(known.region_id, wanted.region_id):
            return False
        return wanted.resides_from > known.home_since

    def _sign_up(self, known: Known, wanted: Wanted, old: dict[str, str]) -> bool:
        """Enter the sign-up or correct the one of the same first day; whether it is new."""
        signup = known.signups.get(wanted.starts_on)
        if signup is None:
            signup = _signup(self._new_signup(), wanted)
            known.signups[wanted.starts_on] = signup
            self.writes.signups.append((known, signup))
            return True
        differing = [name for name in CORRECTABLE if getattr(signup, name) != getattr(wanted, name)]
        for name in differing:
            old[CELLS.get(name, name)] = self._shown(name, getattr(signup, name))
            setattr(signup, name, getattr(wanted, name))
        if differing:
            signup.line = wanted.line.number
            self.writes.corrected.append(signup)
        return False

    def _join_groups(
        self, known: Known, wanted: Wanted, old: dict[str, str], *, is_new: bool
    ) -> None:
        """Enter the key groups not known yet; a restricted one alone makes no line "changed".

        Else a sheet of guesses would find out who is in one (rules.md 26).
        """
        fresh = [
            group
            for group in wanted.key_groups
            if known.groups.get(group, date.min) < wanted.starts_on
        ]
        if any(not is_restricted(group) for group in fresh) and not known.is_new:
            old["key_groups"] = open_groups_in_words(known.groups) or "（空）"
        if old or is_new:
            self.writes.groups.extend((known, group, wanted) for group in fresh)
            known.groups |= dict.fromkeys(fresh, date.max)

    def _shown(self, name: str, value: object) -> str:
        if name == "team_id":
            return self._places.team_codes.get(value, "")  # type: ignore[call-overload,no-any-return]
        if isinstance(value, bool):
            return "是" if value else "否"
        return str(value) if value else "（空）"


CORRECTABLE = (
    *("team_id", "signed_on", "expires_on", "auto_renews", "terminated_on"),
    "termination_reason",
)
CELLS = {"team_id": "team"}


def _signup(number: int, wanted: Wanted) -> Signup:
    return Signup(
        number,
        wanted.team_id,
        wanted.signed_on,
        wanted.starts_on,
        wanted.expires_on,
        wanted.auto_renews,
        wanted.terminated_on,
        wanted.termination_reason,
        line=wanted.line.number,
    )


def _fault(name: str, text: str) -> Refusal:
    return (Fault(text, name, HEADINGS[name]),)
