"""The files kept with a proposal: the letter it came in, the answer as it was signed."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from targets.models import Proposal, ProposalEvent, ProposalState, ProposalVerb
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.attachments.holders import Holder

ENDS = {ProposalState.ARCHIVED: ProposalVerb.ARCHIVE, ProposalState.DECLINED: ProposalVerb.DECLINE}


def may_add_files(actor: Actor) -> bool:
    """Who keeps the register adds its papers; assisting bureaus give theirs to the office."""
    return actor.may(Permission.MANAGE_POLICIES)


def over_by(day: date) -> Q:
    """Archived, or handed back, by `day`."""
    over = Q(pk__in=[])
    for state, verb in ENDS.items():
        ended = ProposalEvent.objects.filter(proposal=OuterRef("pk"), verb=verb, taken_on__lte=day)
        over |= Q(state=state) & Q(Exists(ended))
    return over


PROPOSAL_FILES = Holder(
    name="proposal",
    model=Proposal,
    permission=Permission.VIEW_TARGETS,
    may_add=may_add_files,
    title=lambda kept: f"{kept.year}年{kept.get_kind_display()}{kept.number}",
    address=lambda proposal: reverse("proposal-detail", args=[proposal.pk]),
    over_by=over_by,
)
