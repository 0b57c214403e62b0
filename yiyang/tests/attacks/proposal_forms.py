"""The forms of 建议提案, filled as a clerk would."""

from __future__ import annotations

from yiyang.access.roles import Role
from yiyang.tests.attacks.filled import Filled

CLERK = Role.CITY_HEALTH_CLERK
ONE = {"proposal_id": "raised"}
REGISTRATION = {
    "kind": "PROPOSAL",
    "year": "2020",
    "number": "第31号",
    "title": "关于医养结合的提案",
    "proposer_kind": "PARTY",
    "proposer": "测试党派",
    "wording": "加快签约",
    "assigned_on": "2020-01-02",
    "due_by": "2020-04-02",
    "lead": "{task_bureau}",
    "assistants": [],
}
PROPOSAL_FORMS = (
    Filled("proposal-new", CLERK, REGISTRATION, form_class="ProposalForm"),
    Filled("proposal-amend", CLERK, {**REGISTRATION, "seen": ""}, ONE, form_class="ProposalForm"),
    Filled("proposal-reply", CLERK, {"reply": "全市{{1}}。", "result": "B", "seen": ""}, ONE),
    Filled(
        "proposal-figure-new",
        CLERK,
        {
            "indicator": "GC17/standard",
            "side": "VALUE",
            "region": "{portal_code}",
            "day": "2017-12-31",
            "earlier_day": "2016-12-31",
            "since": "LAST_YEAR",
            "name": "全市绿色通道占比",
        },
        ONE,
    ),
    Filled(
        "proposal-step",
        CLERK,
        {"verb": "EXTEND", "text": "会商中", "extended_to": "2020-05-06", "seen": ""},
        ONE,
    ),
)
