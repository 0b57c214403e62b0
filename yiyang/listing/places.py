"""The lists that saved filters may be of, filled by each app when it starts."""

from __future__ import annotations

from yiyang.listing.register import Place

_places: dict[str, Place] = {}


def add_place(place: Place) -> None:
    """Let filters of this list be saved; the same code replaces."""
    _places[place.code] = place


def place_of(code: str) -> Place | None:
    """The list of that code, None where there is none."""
    return _places.get(code)


def places() -> list[Place]:
    """Every list, in the order of registration."""
    return list(_places.values())
