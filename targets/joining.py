"""What this app adds to the registries of those below: pages, work, files, lists, papers, API."""

from __future__ import annotations

from contracts.agreements.panels import register_agreement_panel
from institutions.effects import register_readings
from institutions.panels import register_panel
from targets.api.resources import join_api
from targets.bulletins.work import BULLETIN_WORK
from targets.editions.work import EDITION_WORK
from targets.explain.agreement_standing import STANDING
from targets.explain.standing import standing_in_readings
from targets.gap.merging import register_contact_notes
from targets.lists.places import register_places
from targets.mailing.notices import mail_notices
from targets.panels import READINGS
from targets.papers.joining import join_papers
from targets.policies.work import POLICY_WORK
from targets.proposals.attachments import PROPOSAL_FILES
from targets.proposals.work import PROPOSAL_WORK
from targets.returns.work import RETURN_WORK
from targets.supervision.attachments import SUPERVISION_FILES
from targets.supervision.work import SUPERVISION_WORK
from targets.taskboard.attachments import TASK_FILES
from targets.taskboard.grant_pages import bureaus_panel
from targets.taskboard.work import TASK_WORK
from targets.work import FINDINGS, MISSING_REPORTS
from yiyang.access.panels import AccountPanel, register_account_panel
from yiyang.access.roles import Permission
from yiyang.attachments.holders import register_holder
from yiyang.notices import register_notices
from yiyang.work import register_work

WORK = (
    *(*MISSING_REPORTS, FINDINGS, *POLICY_WORK, *TASK_WORK, *SUPERVISION_WORK, *RETURN_WORK),
    *EDITION_WORK,
    *BULLETIN_WORK,
    *PROPOSAL_WORK,
)
FILES = (SUPERVISION_FILES, TASK_FILES, PROPOSAL_FILES)
BUREAUS = AccountPanel("bureaus", "targets/bureau_grant_panel.html", bureaus_panel)


def join() -> None:
    join_api()
    join_papers()
    for source in WORK:
        register_work(source)
    for holder in FILES:
        register_holder(holder)
    register_panel(READINGS)
    register_agreement_panel(STANDING)
    register_account_panel(BUREAUS)
    register_readings(standing_in_readings)
    register_contact_notes()
    register_notices("mail", Permission.MANAGE_SYSTEM, mail_notices)
    register_places()
