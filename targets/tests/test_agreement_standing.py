"""What an agreement's page says of the indicators is what the catalogue counts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from contracts.tests.factories import make_agreement
from institutions.models import Institution
from institutions.tests.factories import make_elderly, make_filing, make_health, make_licence
from targets.explain.agreement_standing import agreement_lines, is_ground
from targets.tests.factories import DAY, City, counted

BEFORE, AFTER = date(2017, 12, 30), date(2018, 1, 1)
VOIDED = {"voided_at": "2017-05-05T00:00:00Z", "void_reason": "录错"}


@pytest.fixture
def parties(city: City) -> tuple[Institution, Institution]:
    centre, home = make_health(city.west_community, "B100"), make_elderly(city.east_community)
    make_licence(centre)
    make_filing(home)
    return centre, home


@pytest.mark.parametrize(
    ("fields", "pair", "home"),
    [
        ({}, "计入", "计入"),
        ({"expires_on": BEFORE}, "排除：已到期", "未计入：没有满足这一口径的条件"),
        ({"terminated_on": DAY}, "排除：已解约", "未计入：没有满足这一口径的条件"),
        ({"signed_on": AFTER}, "排除：草稿未签或未生效", "未计入：没有满足这一口径的条件"),
        (VOIDED, "未计入：已作废", "未计入：没有满足这一口径的条件"),
    ],
)
def test_the_page_gives_the_catalogues_reason(
    city: City,
    parties: tuple[Institution, Institution],
    fields: dict[str, Any],
    pair: str,
    home: str,
) -> None:
    agreement = make_agreement(*parties, **fields)
    words = {(line.indicator.key, line.who): line.word for line in agreement_lines(agreement, DAY)}
    assert words[("PAIR", "total"), "本协议"] == pair
    assert words[("EL17", "any_form"), "养老方"] == home
    assert is_ground(agreement, DAY) is (pair == "计入")
    assert (counted("PAIR", "total", city.city)[0] == 1) is (pair == "计入")


def test_an_agreement_that_another_followed_says_so(
    city: City, parties: tuple[Institution, Institution]
) -> None:
    old = make_agreement(*parties, expires_on=date(2016, 12, 31))
    make_agreement(*parties, starts_on=date(2017, 1, 1), signed_on=date(2017, 1, 1), renewal_of=old)
    assert agreement_lines(old, DAY)[0].word.endswith("按后一份计")
