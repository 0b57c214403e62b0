"""What an answer says, as plain data that can be printed again without asking any register."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from targets.bureau_names import BureauNames
from targets.models import Proposal
from targets.proposals.figures import ShownFigure, shown_figures
from targets.proposals.reply import marks_in, paragraphs_of

Content = dict[str, Any]


def figures_of(proposal: Proposal, day: date) -> list[ShownFigure]:
    """The figures the answer may use, by number."""
    kept = proposal.figures.kept().select_related("region", "run", "earlier_run")
    return shown_figures(kept, day)


def reply_content(proposal: Proposal, figures: Sequence[ShownFigure], day: date) -> Content:
    """The answer with its sentences in place and a footnote to each figure it uses."""
    used = [one for one in figures if one.number in marks_in(proposal.reply)]
    sentences = {one.number: one.sentence for one in used}
    # 附注按正文里出现的先后编号，与草稿里的 {n} 无关。
    order = {number: place for place, number in enumerate(_in_order(proposal, sentences), start=1)}
    names = BureauNames(day, in_full=True)
    kept = proposal.assistants.kept().order_by("pk")
    return {
        "title": reply_title(proposal),
        "proposer": proposal.proposer,
        "result": str(proposal.get_result_display()),
        "lead": names.name(proposal.lead_id),
        "assistants": [names.name(one.bureau_id) for one in kept],
        "letter": proposal.letter,
        "answered_on": _day(proposal.answered_on),
        "paragraphs": [
            [{"text": piece.text, "note": order[piece.note] if piece.note else None} for piece in p]
            for p in paragraphs_of(proposal.reply, sentences)
        ],
        "notes": [
            {
                "number": order[one.number],
                "text": one.note,
                "address": one.address,
                "runs": [one.after.run.pk, *([one.before.run.pk] if one.before else [])],
            }
            for one in sorted(used, key=lambda one: order[one.number])
        ],
    }


def reply_title(proposal: Proposal) -> str:
    """For instance “对2026年人大建议第12号的答复”."""
    return f"对{proposal.year}年{proposal.get_kind_display()}{proposal.number}的答复"


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def _in_order(proposal: Proposal, sentences: dict[int, str]) -> list[int]:
    return [number for number in marks_in(proposal.reply) if number in sentences]
