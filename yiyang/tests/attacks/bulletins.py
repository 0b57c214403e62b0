"""Bulletins about the west: one being written, one at the leaders' desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from institutions.models import Region
from targets.bulletins.house_template import house_template
from targets.bulletins.sample import CHART
from targets.models import (
    Bulletin,
    BulletinEvent,
    BulletinState,
    BulletinTemplate,
    BulletinVerb,
    IndicatorRun,
)
from targets.tests.policy_scene import make_bureau
from yiyang.access.models import User
from yiyang.access.roles import Role

BULLETIN = "关于西原绿色通道的通报"
ISSUER = "西原市卫生健康委员会"
WRITTEN_ON = date(2018, 1, 8)
CONTENT: dict[str, Any] = {
    "region": "西区",
    "below": "各区",
    "unconfirmed": [],
    "as_of": "2017-12-31",
    "day": "2017年12月31日",
    "run": 1,
    "policies": [],
    "lines": [],
    "districts": [],
    "gaps": [],
    "ranking": [],
    "charts": [CHART],
    "notes": ["来源：量度批次 1。"],
}
WORDS = {
    "title": BULLETIN,
    "addressee": "各区人民政府",
    "opening": "现将有关情况通报如下。",
    "standing": "总体平稳。",
    "lacking": "还差一家。",
    "demands": "请抓紧整改。",
}


def bulletin_keys(
    region: Region, run: IndicatorRun, accounts: Mapping[Role, User]
) -> dict[str, Any]:
    """Their numbers, and that of the template they are printed with."""
    make_bureau("health_commission", ISSUER)
    clerk = accounts[Role.CITY_HEALTH_CLERK]
    reviewer = accounts[Role.CITY_HEALTH_REVIEWER]
    template = _template(clerk)
    said: dict[str, Any] = {
        **WORDS,
        "region": region,
        "run": run,
        "copied_to": ISSUER,
        "issuer": ISSUER,
        "content": CONTENT,
        "template": template,
        "drafted_by": clerk,
        "drafted_on": WRITTEN_ON,
    }
    draft = Bulletin.objects.create(**said)
    waiting = Bulletin.objects.create(
        **said,
        state=BulletinState.CHIEF,
        submitted_by=clerk,
        submitted_on=WRITTEN_ON,
        reviewed_by=reviewer,
        reviewed_on=WRITTEN_ON,
    )
    BulletinEvent.objects.create(
        bulletin=waiting,
        verb=BulletinVerb.REVIEW,
        state=BulletinState.CHIEF,
        text="同意",
        taken_on=WRITTEN_ON,
        author=reviewer,
    )
    return {
        "bulletin": waiting.pk,
        "bulletin_draft": draft.pk,
        "bulletin_template": template.pk,
    }


def _template(clerk: User) -> BulletinTemplate:
    content = house_template()
    return BulletinTemplate.objects.create(
        number=1,
        name="市里的版式.docx",
        content=content,
        size=len(content),
        sha256=sha256(content).hexdigest(),
        added_by=clerk,
        added_on=WRITTEN_ON,
    )
