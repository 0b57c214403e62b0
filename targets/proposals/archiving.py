"""Answers in the archive: each kept as it was sent, printed again from what was kept."""

from __future__ import annotations

from datetime import datetime

from targets.models import Paper, PaperKind, Proposal
from targets.papers.archiving import archive
from targets.papers.forms import PaperForm, register_forms
from targets.papers.word import CONTENT_TYPE
from targets.proposals.content import figures_of, reply_content, reply_title
from targets.proposals.reply import marks_in
from targets.proposals.word import reply_docx
from yiyang.access.scope import Actor


def archive_reply(*, by: Actor, proposal: Proposal, at: datetime) -> Paper:
    """Keep the answer of this round; its days are those of the figures it uses."""
    assert proposal.answered_on is not None, "答复之后才归入文稿"
    figures = figures_of(proposal, by.day)
    used = [one for one in figures if one.number in marks_in(proposal.reply)]
    runs = [source.run for one in used for source in (one.after, one.before) if source]
    days = [run.as_of for run in runs] or [proposal.answered_on]
    return archive(
        by=by,
        kind=PaperKind.PROPOSAL,
        key=paper_key(proposal),
        region=proposal.region,
        title=reply_title(proposal),
        first_day=min(days),
        last_day=max(days),
        content=reply_content(proposal, figures, by.day),
        at=at,
        run=max(runs, key=lambda run: (run.as_of, run.pk), default=None),
    )


def paper_of(proposal: Proposal) -> Paper | None:
    """The answer of this round as it was sent; None before it was."""
    return Paper.objects.defer("content").filter(key=paper_key(proposal)).first()


def paper_key(proposal: Proposal) -> str:
    return f"proposal/{proposal.pk}/{proposal.round}"


def register_replies() -> None:
    """Join the archive."""
    register_forms(
        PaperKind.PROPOSAL,
        template="targets/papers/proposal.html",
        forms=(PaperForm("docx", "Word", CONTENT_TYPE, _word),),
    )


def _word(paper: Paper) -> bytes:
    return reply_docx(paper.content, is_draft=False)
