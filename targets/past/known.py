"""The registers as a run knew them: the lens of a log number."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Model

from targets.indicators.lens import Lens
from targets.models import IndicatorRun
from yiyang.changelog.known import undone

REGISTER_APPS = ("institutions", "contracts")


def register_models() -> Iterator[type[Model]]:
    """Every model of the registers."""
    for name in REGISTER_APPS:
        yield from apps.get_app_config(name).get_models()


def lens_at(number: int) -> Lens:
    """The registers as the change log knew them at `number`."""
    tables = {
        model._meta.db_table: (undone(model._meta.db_table, number, key=_key(model)), ())
        for model in register_models()
    }
    return Lens(tables)


def lens_of(run: IndicatorRun) -> Lens:
    """The registers exactly as the finished run saw them."""
    if run.seen_number is None:
        raise ValueError(f"批次 {run.pk} 没有完成，不知道它看见了什么。")
    return lens_at(run.seen_number)


def _key(model: type[Model]) -> str:
    assert model._meta.pk is not None
    return str(model._meta.pk.column)
