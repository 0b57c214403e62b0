"""A signed bulletin in the archive: what was printed when it was signed, for good."""

from __future__ import annotations

from datetime import datetime

from targets.bulletins.printing import printed
from targets.models import Bulletin, Paper, PaperKind
from targets.papers.archiving import archive
from yiyang.access.scope import Actor


def keep_signed(*, by: Actor, bulletin: Bulletin, at: datetime) -> Paper:
    """The archived paper of a bulletin that has just been signed."""
    day = bulletin.run.as_of
    return archive(
        by=by,
        kind=PaperKind.BULLETIN,
        key=key_of(bulletin),
        region=bulletin.region,
        title=bulletin.title,
        first_day=day,
        last_day=day,
        content=printed(bulletin),
        at=at,
        run=bulletin.run,
    )


def key_of(bulletin: Bulletin) -> str:
    return f"bulletin:{bulletin.pk}"
