"""The forms of editions, filled as a clerk and a reviewer would."""

from __future__ import annotations

from yiyang.access.roles import Role
from yiyang.tests.attacks.filled import Filled

EDITION_FORMS = (
    Filled(
        "edition-new",
        Role.CITY_HEALTH_CLERK,
        {
            "run": "{run}",
            "first_day": "2017-07-01",
            "title": "半年指标",
            "note": "说明",
        },
    ),
    Filled(
        "edition-return",
        Role.CITY_HEALTH_REVIEWER,
        {"reason": "标题有误"},
        {"uid": "edition_proposal"},
    ),
)
