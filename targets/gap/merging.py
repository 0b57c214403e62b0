"""Notes of contact follow an institution that is merged into another."""

from institutions.merging.movers import Mover, register_mover
from targets.models import ContactNote


def register_contact_notes() -> None:
    register_mover(Mover(ContactNote, "institution_id", "联系记录", is_checked=False))
