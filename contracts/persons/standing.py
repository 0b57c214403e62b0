"""Where a person stands in the register on a day: resident, elsewhere, dead or a duplicate."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, TextChoices

from contracts.models import Person, PersonResidence, ResidenceKind


class Standing(TextChoices):
    USUAL = "usual", "常住在册"
    REGISTERED = "registered", "户籍在、人不在"
    LEFT = "left", "已迁出"
    DIED = "died", "已去世"
    DUPLICATE = "duplicate", "重复记录"


KINDS = {
    Standing.USUAL: ResidenceKind.USUAL,
    Standing.REGISTERED: ResidenceKind.REGISTERED,
    Standing.LEFT: ResidenceKind.LEFT,
}
UNPLACED = "无居住记录"


def standing_on(person: Person, residence: PersonResidence | None, day: date) -> str:
    """The person's standing in words; a duplicate or a death goes before the residence."""
    if person.duplicate_of_id is not None:
        return str(Standing.DUPLICATE.label)
    if person.died_on is not None and person.died_on <= day:
        return str(Standing.DIED.label)
    if residence is None:
        return UNPLACED
    by_kind = {kind: standing for standing, kind in KINDS.items()}
    return str(by_kind[ResidenceKind(residence.kind)].label)


def stands(standing: Standing, day: date) -> Q:
    """The condition "is of this standing on `day`" for persons."""
    if standing is Standing.DUPLICATE:
        return Q(duplicate_of__isnull=False)
    dead = Q(died_on__lte=day)
    if standing is Standing.DIED:
        return Q(duplicate_of=None) & dead
    alive = Q(died_on=None) | Q(died_on__gt=day)
    residences = PersonResidence.objects.on(day).filter(kind=KINDS[standing])
    return Q(duplicate_of=None) & alive & Q(Exists(residences.filter(person=OuterRef("pk"))))
