"""A definition stored with a run counts again exactly as it did then."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.db.models import Q
from django.test import override_settings

from targets.indicators.base import Indicator
from targets.indicators.catalogue import BY_KEY, CATALOGUE, FD17, GC17
from targets.indicators.conditions import as_tree, from_tree
from targets.indicators.measure import measure, tree_on
from targets.indicators.stored import DefinitionError, rebuild
from targets.models import IndicatorDefinition
from targets.tests.factories import DAY, City
from targets.tests.registers import fill_register

READINGS = [pytest.param(record, id="-".join(record.key)) for record in CATALOGUE]


def stored(record: Indicator) -> IndicatorDefinition:
    """The definition as it comes back from a JSON column."""
    return IndicatorDefinition(
        digest=record.digest,
        indicator=record.code,
        reading=record.reading,
        text=json.loads(json.dumps(record.text, ensure_ascii=False)),
    )


@pytest.mark.parametrize("record", READINGS)
def test_a_stored_definition_is_rebuilt_to_the_letter(record: Indicator) -> None:
    rebuilt = rebuild(stored(record))
    assert rebuilt.text == record.text
    assert rebuilt.digest == record.digest
    assert [tally.subject for tally in rebuilt.numerator] == [
        tally.subject for tally in record.numerator
    ]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rebuilt_definitions_measure_the_same_figures(city: City, seed: int) -> None:
    fill_register(city, seed)
    tree = tree_on(DAY, city.city.pk)
    rebuilt = [rebuild(stored(record)) for record in CATALOGUE]
    figures = measure(CATALOGUE, day=DAY, tree=tree)
    assert measure(rebuilt, day=DAY, tree=tree) == figures
    assert any(figure.numerator for by_region in figures.values() for figure in by_region.values())


CONDITIONS = [
    (Q(), {"connector": "AND", "negated": False, "children": []}),
    (Q(level__gte=2), {"connector": "AND", "negated": False, "children": [["level__gte", 2]]}),
    (
        ~Q(beds=None) | Q(is_filed=True),
        {
            "connector": "OR",
            "negated": False,
            "children": [
                {"connector": "AND", "negated": True, "children": [["beds", None]]},
                ["is_filed", True],
            ],
        },
    ),
    (
        Q(category__in=("A100", "A210")),
        {
            "connector": "AND",
            "negated": False,
            "children": [["category__in", ["A100", "A210"]]],
        },
    ),
    (
        Q(starts_on__lte=date(2017, 12, 31)),
        {
            "connector": "AND",
            "negated": False,
            "children": [["starts_on__lte", {"date": "2017-12-31"}]],
        },
    ),
]


@pytest.mark.parametrize(("condition", "tree"), CONDITIONS)
def test_a_condition_is_written_as_a_tree_and_read_back(condition: Q, tree: dict[str, Any]) -> None:
    assert as_tree(condition) == tree
    assert as_tree(from_tree(tree)) == tree


def test_a_condition_that_asks_the_database_cannot_be_stored() -> None:
    with pytest.raises(TypeError, match="请改作统计对象的一列"):
        as_tree(Q(institution__in=BY_KEY))


def test_the_order_of_exclusions_is_part_of_the_definition() -> None:
    reasons = [one["reason"] for one in FD17.text["rules"]["numerator"][0]["excluding"]]
    assert reasons == ["已解约", "已到期", "重复登记", "死亡", "迁出", "非常住", "无居住登记"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": "别的"}, "口径全文与指纹不符"),
        ({"rules": ["(AND: )"]}, "没有可重算的规则"),
    ],
)
def test_a_text_that_was_tampered_with_or_is_too_old_is_refused(
    change: dict[str, Any], message: str
) -> None:
    definition = stored(GC17)
    definition.text |= change
    with pytest.raises(DefinitionError, match=message):
        rebuild(definition)


def test_another_setting_is_another_definition() -> None:
    definition = stored(BY_KEY["BD20", "city_sum"])
    with (
        override_settings(REPORT_CARRY_DAYS=30),
        pytest.raises(DefinitionError, match="设置 REPORT_CARRY_DAYS 为 92，现为 30"),
    ):
        rebuild(definition)
