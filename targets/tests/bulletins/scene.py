"""A measured city with the people who write, check and sign its bulletins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from institutions.tests.factories import LONG_AGO
from targets.bulletins.actions import Draft, draft_bulletin, take_step
from targets.models import Bulletin, BulletinVerb, BureauName, IndicatorRun, PolicyDocument, Target
from targets.models.policies import Confirmation, ValidityStatus
from targets.results import latest_run
from targets.tests.page_scene import LATER_DAY, Scene, make_target
from targets.tests.policy_scene import make_bureau
from targets.tests.task_scene import actor_of, make_user
from yiyang.access.models import User
from yiyang.access.roles import Role
from yiyang.access.scope import Actor

TODAY = date(2021, 2, 1)
AT = datetime(2021, 2, 1, 9, tzinfo=UTC)
ISSUER = "测试市卫生健康委员会"
V = BulletinVerb
WAY_TO_SIGNED = (
    ("clerk", V.SUBMIT),
    ("office", V.REVIEW),
    ("chief", V.ENDORSE),
    ("head", V.SIGN),
)


@dataclass(frozen=True)
class Desks:
    """The scene of the pages, a policy in force beside the past one, and who does what."""

    scene: Scene
    target: Target
    people: dict[str, User]

    def actor(self, who: str, day: date = TODAY) -> Actor:
        return actor_of(self.people[who], day)

    def run(self, day: date = LATER_DAY) -> IndicatorRun:
        run = latest_run(on=day)
        assert run is not None
        return run

    def draft(self, **fields: Any) -> Draft:
        said: dict[str, Any] = {
            "title": "关于绿色通道开设情况的通报",
            "region": self.scene.city.city,
            "run": self.run(),
            "targets": [self.target],
            "addressee": "各区人民政府",
        }
        return Draft(**said | fields)

    def drafted(self, **fields: Any) -> Bulletin:
        return draft_bulletin(by=self.actor("clerk"), draft=self.draft(**fields))

    def step(self, bulletin: Bulletin, who: str, verb: BulletinVerb, **said: Any) -> Bulletin:
        said = {"text": "意见", **said}
        return take_step(by=self.actor(who), bulletin=bulletin, verb=verb, at=AT, **said)

    def brought(self, steps: int, **fields: Any) -> Bulletin:
        """A bulletin that has taken the first `steps` steps on its way to being signed."""
        bulletin = self.drafted(**fields)
        for who, verb in WAY_TO_SIGNED[:steps]:
            bulletin = self.step(bulletin, who, verb)
        return bulletin


def make_desks(scene: Scene) -> Desks:
    bureau = make_bureau("health_commission", ISSUER)
    BureauName.objects.create(bureau=bureau, name="卫健委", starts_on=LONG_AGO)
    BureauName.objects.create(
        bureau=bureau, name="卫计委", starts_on=LONG_AGO, ends_on=date(2018, 12, 31)
    )
    people = {
        "clerk": make_user(Role.CITY_HEALTH_CLERK),
        "clerk2": make_user(Role.CITY_HEALTH_CLERK),
        "office": make_user(Role.CITY_HEALTH_REVIEWER),
        "office2": make_user(Role.CITY_HEALTH_REVIEWER),
        "chief": make_user(Role.LEADER),
        "head": make_user(Role.LEADER),
    }
    return Desks(scene, current_target(scene), people)


def current_target(scene: Scene) -> Target:
    """The same demand as the scene's, by a policy that is in force on every day since 2017."""
    policy = PolicyDocument.objects.create(
        slug="current-policy",
        number="测政发〔2017〕8号",
        title="现行意见",
        issuer="测试市人民政府",
        signed_on=date(2017, 2, 9),
        status=ValidityStatus.IN_FORCE,
        status_seen_on=date(2026, 11, 1),
        region=scene.city.city,
        confirmation=Confirmation.CONFIRMED,
    )
    return make_target(policy, scene.city.city, "GC17", 2)
