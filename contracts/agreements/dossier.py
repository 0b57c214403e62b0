"""Everything the register holds about one agreement, as it stood on a day."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Model

from contracts.agreements.actions import gap_days, refuse_renewal
from contracts.agreements.verbs import ALLOWED, WORDINGS, Verb, Wording
from contracts.models import AgreementState, PartnershipAgreement, ServiceItem
from contracts.models.agreements import states_on
from institutions.history import (
    HistoryEntry,
    changes_in_words,
    institution_names,
)
from institutions.history import (
    Wording as HistoryWording,
)
from institutions.models import Institution, InstitutionProfile, Status
from yiyang.access.fields import INTERNAL, PUBLIC
from yiyang.access.scope import Actor
from yiyang.attachments.models import Attachment

# 沿续签关系往前、往后；UNION 使环也停得下来。
CHAIN = """
WITH RECURSIVE
earlier(id, before) AS (
    SELECT id, renewal_of_id FROM contracts_partnershipagreement WHERE id = %s
    UNION
    SELECT a.id, a.renewal_of_id
    FROM contracts_partnershipagreement a JOIN earlier e ON a.id = e.before
),
later(id) AS (
    SELECT id FROM contracts_partnershipagreement WHERE id = %s
    UNION
    SELECT a.id FROM contracts_partnershipagreement a JOIN later l ON a.renewal_of_id = l.id
)
SELECT id FROM earlier UNION SELECT id FROM later
"""
FILES = "agreement"
LABELS = dict(AgreementState.choices)
GOOD_STATES = (AgreementState.IN_FORCE, AgreementState.EXPIRING)


@dataclass(frozen=True, slots=True)
class Party:
    """One side as it stood on the day."""

    side: str
    institution: Institution
    profile: InstitutionProfile | None

    @property
    def name(self) -> str:
        return self.profile.name if self.profile else self.institution.code

    @property
    def status(self) -> str:
        return str(self.profile.get_status_display()) if self.profile else "当日没有概况"

    @property
    def is_operating(self) -> bool:
        return self.profile is not None and self.profile.status == Status.OPERATING


@dataclass(frozen=True, slots=True)
class Link:
    """One agreement of the chain of renewals, and the days without one before it."""

    agreement: PartnershipAgreement
    state: str
    gap: int | None
    is_this: bool


@dataclass(frozen=True, slots=True)
class Dossier:
    """One agreement on one day."""

    agreement: PartnershipAgreement
    day: date
    state: AgreementState
    parties: tuple[Party, ...]
    items: Sequence[tuple[str, bool]]
    chain: Sequence[Link]
    history: Sequence[HistoryEntry]

    @property
    def is_in_force(self) -> bool:
        return self.state in GOOD_STATES

    @property
    def days_left(self) -> int | None:
        """Days from the day to the last valid one, while in force."""
        if not self.is_in_force or self.agreement.expires_on is None:
            return None
        return (self.agreement.expires_on - self.day).days

    @property
    def has_items(self) -> bool:
        return any(ticked for _, ticked in self.items)


def dossier_of(agreement: PartnershipAgreement, day: date, actor: Actor) -> Dossier:
    """Read the registers for one agreement; a number of queries that never grows."""
    return Dossier(
        agreement=agreement,
        day=day,
        state=state_on(agreement, day),
        parties=parties_of(agreement, day),
        items=[(str(item.label), item.value in agreement.items) for item in ServiceItem],
        chain=_chain(agreement, day, actor),
        history=_history(agreement),
    )


def state_on(agreement: PartnershipAgreement, day: date) -> AgreementState:
    """The agreement's state on `day`, as the database works it out for every list."""
    states = PartnershipAgreement.objects.annotate(on_day=states_on(day))
    return AgreementState(states.values_list("on_day", flat=True).get(pk=agreement.pk))


def parties_of(agreement: PartnershipAgreement, day: date) -> tuple[Party, ...]:
    """Both sides with what they were on `day`."""
    sides = (("医疗方", agreement.medical), ("养老方", agreement.elderly))
    profiles = InstitutionProfile.objects.on(day).select_related("region")
    found = {p.institution_id: p for p in profiles.filter(institution__in=[i for _, i in sides])}
    return tuple(Party(side, one, found.get(one.pk)) for side, one in sides)


def verbs_for(agreement: PartnershipAgreement, state: AgreementState) -> list[tuple[Verb, Wording]]:
    """The buttons of the page, those left out that its renewal or open end forbid."""
    verbs = [verb for verb in ALLOWED[state] if verb is not Verb.RENEW or _may_renew(agreement)]
    return [(verb, WORDINGS[verb]) for verb in verbs]


def _may_renew(agreement: PartnershipAgreement) -> bool:
    try:
        refuse_renewal(agreement)
    except ValidationError:
        return False
    return True


def _chain(agreement: PartnershipAgreement, day: date, actor: Actor) -> list[Link]:
    """The agreements before and after, oldest first; empty where there is only this one."""
    with connection.cursor() as cursor:
        cursor.execute(CHAIN, [agreement.pk, agreement.pk])
        ids = [pk for (pk,) in cursor.fetchall()]
    if len(ids) == 1:
        return []
    seen = PartnershipAgreement.objects.visible_to(actor).with_state(day).filter(pk__in=ids)
    links = list(seen.select_related("renewal_of").order_by("starts_on", "pk"))
    return [
        Link(
            one,
            str(LABELS[one.state]),
            gap_days(one.renewal_of, one.starts_on) if one.renewal_of else None,
            one.pk == agreement.pk,
        )
        for one in links
    ]


def _history(agreement: PartnershipAgreement) -> list[HistoryEntry]:
    """What became of the agreement and of its files."""
    files = Attachment.objects.filter(holder=FILES, object_id=agreement.pk)
    rows: dict[type[Model], list[int]] = {
        PartnershipAgreement: [agreement.pk],
        Attachment: list(files.values_list("pk", flat=True)),
    }
    return changes_in_words(rows, WORDING)


def _numbers(ids: Collection[int]) -> dict[int, str]:
    return dict(PartnershipAgreement.objects.filter(pk__in=ids).values_list("pk", "number"))


WORDING = HistoryWording(
    shown=frozenset({PUBLIC, INTERNAL}),
    silent=frozenset({"id", "uid", "holder", "object_id", "sha256", "added_at"}),
    namers={Institution: institution_names, PartnershipAgreement: _numbers},
)
