"""What of a bulletin leaves the portal: the archived paper once signed, the draft before."""

from __future__ import annotations

from targets.bulletins.archiving import key_of
from targets.bulletins.content import Content
from targets.bulletins.printing import printed
from targets.bulletins.rendering import filled_in
from targets.models import Bulletin, BulletinState, BulletinTemplate, Paper, PaperKind
from targets.models.bulletins import ENDED
from targets.papers.forms import PaperForm, register_forms
from targets.papers.word import CONTENT_TYPE

WITHDRAWN = "已撤回"


def told(bulletin: Bulletin) -> Content:
    """What the bulletin says: after signing the very content that was archived."""
    if bulletin.state in ENDED:
        paper = Paper.objects.filter(key=key_of(bulletin)).first()
        if paper is not None:
            content: Content = paper.content
            return content
    return printed(bulletin)


def word_of(bulletin: Bulletin) -> bytes:
    """送审稿 as Word; every page of a withdrawn one says so."""
    mark = WITHDRAWN if bulletin.state == BulletinState.WITHDRAWN else ""
    return filled_in(bytes(bulletin.template.content), told(bulletin), mark=mark)


def file_name(bulletin: Bulletin, suffix: str) -> str:
    """The portal only ever gives out a manuscript: number, date and seal come from the OA."""
    mark = f"（{WITHDRAWN}）" if bulletin.state == BulletinState.WITHDRAWN else ""
    return f"{bulletin.title}（送审稿）{mark}.{suffix}"


def is_withdrawn(paper: Paper) -> bool:
    """Whether the bulletin archived as this paper has been withdrawn since."""
    pk = paper.key.removeprefix("bulletin:")
    return Bulletin.objects.filter(pk=pk, state=BulletinState.WITHDRAWN).exists()


def _render(paper: Paper) -> bytes:
    template = BulletinTemplate.objects.get(pk=paper.content["template"])
    mark = WITHDRAWN if is_withdrawn(paper) else ""
    return filled_in(bytes(template.content), paper.content, mark=mark)


def register_bulletins() -> None:
    word = PaperForm("docx", "Word 送审稿", CONTENT_TYPE, _render)
    register_forms(PaperKind.BULLETIN, template="targets/papers/bulletin.html", forms=(word,))
