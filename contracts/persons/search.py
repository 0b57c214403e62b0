"""Finding a person by exactly one ID number or exactly one full name, within scope only."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.cache import cache

from contracts.identity import DIGEST_COLUMNS, ID_NUMBER, NAME
from contracts.models import Person
from contracts.persons.register import persons_seen_by
from yiyang.access.scope import Actor
from yiyang.lib.crypto import digests

FOUND_SHOWN = 50
HOUR_SECONDS = 3600


def find_persons(term: str, *, by: Actor) -> list[Person]:
    """Records of exactly this ID number or full name that the actor may see; 51 stands for more.

    One and the same query whether such a person exists elsewhere or nowhere: neither the answer
    nor the work done for it tells them apart.
    """
    field = ID_NUMBER if any(character.isdigit() for character in term) else NAME
    of_term = {f"{DIGEST_COLUMNS[field]}__in": digests(term, field)}
    return list(persons_seen_by(by).filter(**of_term).order_by("pk")[: FOUND_SHOWN + 1])


def searches_left(user_id: int, at: datetime) -> int:
    """Count one search of the account in this hour; how many are left, negative once too many.

    The key names the account and the hour and nothing of what is searched for.
    """
    key = f"person-search:{user_id}:{int(at.timestamp()) // HOUR_SECONDS}"
    cache.add(key, 0, timeout=HOUR_SECONDS)
    limit: int = settings.PERSON_SEARCHES_PER_HOUR
    return limit - int(cache.incr(key))
