"""The steps of a chain of offices as a table: who takes one, from which states, to which.

Each chain writes its own table in its states.py, which its form, its page and its action read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import OuterRef, QuerySet, Subquery, TextChoices

P = TypeVar("P", bound=Enum)
S = TypeVar("S", bound=TextChoices)
V = TypeVar("V", bound=TextChoices)
NOT_YOUR_STEP = "这一步不由您办理：{who}才能{verb}。"
OVERTAKEN = (
    "您打开这一页以后，{who}办了“{verb}”；请先看现在的内容，再提交。"
    "改文字的，另开一页看，您写的还在这里。"
)


@dataclass(frozen=True, slots=True)
class Step(Generic[P, S]):
    """One row of a table; no `ends` means that the state stays."""

    parties: frozenset[P]
    starts: frozenset[S]
    ends: S | None = None
    needs_text: bool = False


def open_steps(table: Mapping[V, Step[P, S]], state: S, parties: frozenset[P]) -> list[V]:
    """What the parties may do now, in the order of the table."""
    return [verb for verb, step in table.items() if state in step.starts and parties & step.parties]


def refuse_others(step: Step[P, S], verb: TextChoices, parties: frozenset[P]) -> None:
    """PermissionDenied where none of the parties takes the step; it names those who do."""
    if parties & step.parties:
        return
    who = "、".join(one.value for one in sorted(step.parties, key=_place)) or "没有人"
    raise PermissionDenied(NOT_YOUR_STEP.format(who=who, verb=verb.label))


def not_now(what: str, state: str, verb: TextChoices) -> ValidationError:
    """What is told to who comes too late or too early for a step."""
    return ValidationError(f"{what}现在是“{state}”，不能{verb.label}；请刷新页面查看。")


def refuse_words(
    step: Step[P, S], verb: TextChoices, text: str, *, what: str, longest: int
) -> None:
    """ValidationError where the step wants words and has none, or has too many."""
    if step.needs_text and not text.strip():
        raise ValidationError({"text": f"{verb.label}须写明{what}。"})
    if len(text) > longest:
        raise ValidationError({"text": f"{what}最多 {longest} 字，现有 {len(text)} 字。"})


def newest_event(events: QuerySet[Any], of: str) -> Subquery:
    """The number of the newest of the events `of` each row: what a page of it has seen."""
    return Subquery(events.filter(**{of: OuterRef("pk")}).order_by("-pk").values("pk")[:1])


def refuse_overtaken(events: QuerySet[Any], seen: str) -> None:
    """ValidationError where something was done after the page on which this was decided.

    Nobody agrees to words they have not read, or writes over them; without `seen` nobody asks.
    """
    last = events.select_related("author").order_by("-pk").first()
    if seen and last is not None and seen != str(last.pk):
        who, verb = last.author.display_name, last.get_verb_display()
        raise ValidationError(OVERTAKEN.format(who=who, verb=verb))


def _place(party: Enum) -> int:
    return list(type(party)).index(party)
