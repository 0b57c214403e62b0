"""How sensitive each field of each model is, declared beside the field."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from django.db import models


class FieldClass(StrEnum):
    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"
    PERSONAL_RESTRICTED = "personal_restricted"


PUBLIC = FieldClass.PUBLIC
INTERNAL = FieldClass.INTERNAL
PERSONAL = FieldClass.PERSONAL
PERSONAL_RESTRICTED = FieldClass.PERSONAL_RESTRICTED


def field_classes_of(model: type[models.Model]) -> Mapping[str, FieldClass]:
    """Return what the model declares, parents included, the nearest declaration winning."""
    declared: dict[str, FieldClass] = {}
    for ancestor in reversed(model.__mro__):
        declared.update(vars(ancestor).get("field_classes", {}))
    return declared


def unclassified_fields(model: type[models.Model]) -> list[str]:
    """Name the stored fields of the model that nobody has classified."""
    declared = field_classes_of(model)
    return [field.name for field in model._meta.concrete_fields if field.name not in declared]


def unknown_classified_fields(model: type[models.Model]) -> list[str]:
    """Name classified fields the model does not have: a rename left them behind."""
    names = {field.name for field in model._meta.concrete_fields}
    return sorted(set(field_classes_of(model)) - names)


def classify(
    *,
    public: Iterable[str] = (),
    internal: Iterable[str] = (),
    personal: Iterable[str] = (),
    restricted: Iterable[str] = (),
) -> dict[str, FieldClass]:
    """Write a model's field classes by class, one list each."""
    return {
        **dict.fromkeys(public, PUBLIC),
        **dict.fromkeys(internal, INTERNAL),
        **dict.fromkeys(personal, PERSONAL),
        **dict.fromkeys(restricted, PERSONAL_RESTRICTED),
    }
