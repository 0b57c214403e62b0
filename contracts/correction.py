"""Correcting who a person is: sealed anew under the person's own key, so that history opens."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import IntegrityError

from contracts.identity import (
    ID_NUMBER,
    NAME,
    PHONE,
    Identity,
    data_key_of,
    open_identity,
    seal_identity,
)
from contracts.models import Person, PersonKey
from contracts.reasons import identity_in, refuse_identity
from yiyang.access.models import User
from yiyang.access.scope import Actor
from yiyang.audit.kinds import EventKind, Outcome
from yiyang.audit.recording import record
from yiyang.changelog.context import SYSTEM, Recorder, recorded
from yiyang.lib.crypto import digests, normalised
from yiyang.lib.identifiers import phone as checked_phone
from yiyang.lib.identifiers import resident_id

SHORTEST_REASON: Final = 4
REASON_MISSING = f"请写明理由（至少 {SHORTEST_REASON} 个字）。"
NUMBER_TAKEN = "该身份证号已登记在另一条记录（{uid}）上：确为同一人的请合并，否则请核对证件。"
SEALED = ("name_sealed", "name_digest", "id_sealed", "id_digest", "phone_sealed")


def correct_identity(
    *,
    by: Recorder,
    person: Person,
    as_of: date,
    reason: str,
    name: str | None = None,
    id_number: str | None = None,
    phone: str | None = None,
    born_on: date | None = None,
) -> None:
    """Correct what is given and leave the rest; ValidationError when the person is another's.

    An empty ID number or phone takes it away; what stood before stays in the sealed history.
    """
    required_reason(reason, person)
    with recorded(by=by, reason=reason.strip()):
        locked = Person.objects.select_for_update().get(pk=person.pk)
        _refuse_closed(locked)
        born = born_on or locked.born_on
        before = open_identity(locked)
        after = Identity(
            name=before.name if name is None else _checked_name(name),
            id_number=before.id_number
            if id_number is None
            else _checked_id(id_number, born, as_of),
            phone=before.phone if phone is None else _checked_phone(phone),
        )
        if wrong := identity_in(reason, (after.name,)):
            raise ValidationError(wrong)
        if after.id_number:
            refuse_taken(after.id_number, locked)
        _write(locked, after, born)
        _on_record(by, locked, reason, _changed_fields(locked, before, after, born))


def required_reason(reason: str, *persons: Person) -> None:
    """ValidationError unless a reason of some length is given that does not name the persons."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise ValidationError(REASON_MISSING)
    refuse_identity(reason, *persons)


def refuse_taken(id_number: str, person: Person) -> None:
    """ValidationError when another person in the register bears the number."""
    found = digests(id_number, ID_NUMBER)
    others = Person.objects.kept().filter(duplicate_of=None, id_digest__in=found)
    other = others.exclude(pk=person.pk).first()
    if other is not None:
        raise ValidationError(NUMBER_TAKEN.format(uid=other.uid))


def seal_anew(person: Person, identity: Identity) -> dict[str, Any]:
    """The columns of the person's row for this identity, under their own key or a first one."""
    key = data_key_of(person)
    sealed = seal_identity(
        uid=person.uid,
        name=identity.name,
        id_number=identity.id_number,
        phone=identity.phone,
        data_key=key,
    )
    if key is None:
        PersonKey.objects.create(person=person, wrapped=sealed.wrapped_key)
    return {column: getattr(sealed, column) for column in SEALED}


def actor_id_of(by: Recorder) -> int | None:
    """The account that acts, for the audit; None for the system."""
    if by is SYSTEM:
        return None
    return by.user_id if isinstance(by, Actor) else _user_id(by)


def _user_id(by: User | object) -> int | None:
    return by.pk if isinstance(by, User) else None


def _refuse_closed(person: Person) -> None:
    if person.voided_at is not None or person.duplicate_of_id is not None:
        raise ValidationError("这条记录已作废或标为重复，请更正所保留的那一条。")
    if person.destruction_items.filter(destroyed_at__isnull=False).exists():
        raise ValidationError("此人的个人信息已在保存期满后销毁，不能再更正。")


def _checked_name(name: str) -> str:
    written = " ".join(name.split())
    if not written:
        raise ValidationError("姓名不能为空。")
    if any(character.isdigit() for character in written):
        raise ValidationError("姓名中不应有数字，请核对。")
    return written


def _checked_id(id_number: str, born_on: date, as_of: date) -> str:
    if not id_number.strip():
        return ""
    try:
        found = resident_id(id_number, day=as_of)
    except ValueError as error:
        raise ValidationError(str(error)) from error
    if found.born_on != born_on:
        raise ValidationError("身份证号中的出生日期与登记的不符，请核对证件，两项一并更正。")
    return found.number


def _checked_phone(phone: str) -> str:
    if not phone.strip():
        return ""
    try:
        return checked_phone(phone)
    except ValueError as error:
        raise ValidationError(str(error)) from error


def _write(person: Person, identity: Identity, born_on: date) -> None:
    """Store the identity; the database has the last word on a number registered meanwhile."""
    values = seal_anew(person, identity)
    try:
        Person.objects.filter(pk=person.pk).update(**values, born_on=born_on)
    except IntegrityError as error:
        if "contracts_person_id_once" not in str(error):
            raise
        raise ValidationError("该身份证号刚刚被登记在另一条记录上，请重新查询后再更正。") from None


def _on_record(by: Recorder, person: Person, reason: str, fields: str) -> None:
    record(
        kind=EventKind.PERSON_CHANGE,
        actor_id=actor_id_of(by),
        outcome=Outcome.ALLOWED,
        subject=f"person:{person.uid}",
        reason=reason,
        details={"fields": fields},
    )


def _changed_fields(person: Person, before: Identity, after: Identity, born_on: date) -> str:
    """The names of the fields that differ; never their values."""
    changed = [
        field
        for field in (NAME, ID_NUMBER, PHONE)
        if normalised(getattr(before, field)) != normalised(getattr(after, field))
    ]
    return " ".join([*changed, *["born_on"] * (born_on != person.born_on)])
