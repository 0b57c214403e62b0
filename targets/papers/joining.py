"""Every kind of paper with the way it is printed, joined to the archive when the portal starts."""

from __future__ import annotations

from targets.bulletins.signed import register_bulletins
from targets.editions.printing import register_editions
from targets.nightly.printing import register_reports
from targets.proposals.archiving import register_replies
from targets.returns.printing import register_returns
from targets.tabulations.printing import register_tables


def join_papers() -> None:
    register_reports()
    register_replies()
    register_tables()
    register_returns()
    register_editions()
    register_bulletins()
