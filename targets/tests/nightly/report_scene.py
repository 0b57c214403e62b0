"""A city measured on two days with a target in force: a green channel is lost between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from institutions.models import GreenChannel, Institution
from targets.models import IndicatorRun, Paper, PaperKind
from targets.nightly.making import make_reports
from targets.tests.factories import City
from targets.tests.page_scene import Scene, make_scene, store_run

EARLIER, TODAY = date(2020, 10, 31), date(2020, 11, 30)
CODES = ("GC17",)


@dataclass(frozen=True)
class Reported:
    """The measured city: 75 % of green channels before, 50 % now, 60 % asked for."""

    scene: Scene
    earlier: IndicatorRun
    run: IndicatorRun

    def report(self, kind: PaperKind = PaperKind.NIGHTLY) -> Paper:
        """The report of the whole city."""
        return self.reports([kind])[0]

    def reports(self, kinds: Sequence[PaperKind]) -> list[Paper]:
        return make_reports(self.run, at=timezone.now(), kinds=kinds)


def make_reported(city: City) -> Reported:
    """东区 3/4、西区 1/2：全市 4/6，目标 60%；东区一家于 11 月 10 日停开，只剩 3/6。"""
    scene = make_scene(city)
    scene.policy.targets.update(threshold=Decimal("0.6"))
    earlier = store_run(city.city, EARLIER, CODES)
    close_channel(scene.hospitals[0], date(2020, 11, 9))
    return Reported(scene, earlier, store_run(city.city, TODAY, CODES))


def close_channel(hospital: Institution, last_day: date) -> None:
    GreenChannel.objects.filter(institution=hospital).update(ends_on=last_day)
