"""Reasons stay for ever in the change log and the audit, so they may name nobody."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError

from contracts.identity import NAME
from contracts.models import Person
from contracts.persons.opening import open_fields
from yiyang.lib.crypto import normalised

# 日期可以写，全角数字也算数字。
DAY = re.compile(r"\d{4}\s?[-./年]\s?\d{1,2}\s?[-./月]\s?\d{1,2}")
NUMBER = re.compile(r"(?:\d[\s-]*){7,}")
NO_NUMBERS = "事由里不要写身份证号、电话等号码，请删去。"
NO_NAMES = "事由里不要写老年人的姓名，请改写为“本人”。"
SHORTEST_NAME = 2


def refuse_identity(reason: str, *persons: Person) -> None:
    """ValidationError when a reason holds a number, or the name of a person it is about.

    Destroying a person reaches neither log nor audit: what is written there in plain stays.
    """
    names = (who.name for who in open_fields(persons, [NAME]).values())
    if found := identity_in(reason, names):
        raise ValidationError(found)


def identity_in(reason: str, names: Iterable[str]) -> str:
    """What is wrong with a reason, in words; empty when it names nobody."""
    if NUMBER.search(DAY.sub("", reason)):
        return NO_NUMBERS
    text = normalised(reason)
    is_named = any(len(name) >= SHORTEST_NAME and normalised(name) in text for name in names)
    return NO_NAMES if is_named else ""
