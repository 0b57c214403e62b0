"""How many beds a share still takes: built anew or converted."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.gap.candidates import BedGap, bed_gap, beds_to_add, beds_to_convert
from targets.indicators.calculation import Figure
from targets.indicators.catalogue import BY_KEY

THIRTY = Fraction(3, 10)


@pytest.mark.parametrize(
    ("care", "beds", "share", "add", "convert"),
    [
        (30, 100, THIRTY, 0, 0),
        (29, 100, THIRTY, 2, 1),
        (31, 100, THIRTY, 0, 0),
        (0, 100, THIRTY, 43, 30),
        (0, 10, Fraction(11, 20), 13, 6),
        (99, 100, Fraction(1), None, 1),
        (100, 100, Fraction(1), 0, 0),
        (0, 0, THIRTY, 0, 0),
        (0, 1, Fraction(0), 0, 0),
    ],
)
def test_beds_to_add_and_to_convert(
    care: int, beds: int, share: Fraction, add: int | None, convert: int
) -> None:
    assert beds_to_add(care, beds, share) == add
    assert beds_to_convert(care, beds, share) == convert


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (BedGap(479, 216), "改造现有床位须216张，或新增护理、康复型床位479张"),
        (BedGap(None, 1), "改造现有床位须1张；只靠新增达不到"),
    ],
)
def test_the_two_ways_in_words(gap: BedGap, words: str) -> None:
    assert gap.words == words


@given(
    beds=st.integers(1, 200),
    care=st.integers(0, 200),
    share=st.fractions(0, Fraction(99, 100), max_denominator=100),
)
def test_counting_up_one_by_one_gives_the_same(beds: int, care: int, share: Fraction) -> None:
    care = min(care, beds)
    added = 0
    while Fraction(care + added, beds + added) < share:
        added += 1
    converted = 0
    while Fraction(care + converted, beds) < share:
        converted += 1
    assert (beds_to_add(care, beds, share), beds_to_convert(care, beds, share)) == (
        added,
        converted,
    )


@pytest.mark.parametrize(
    ("key", "figure", "share", "is_told"),
    [
        (("BD20", "city_sum"), Figure(29, 100), THIRTY, True),
        (("NURS", "standard"), Figure(29, 100), THIRTY, True),
        (("BD20", "institution_share"), Figure(29, 100), THIRTY, False),
        (("BD20", "city_sum"), Figure(0, 0), THIRTY, False),
        (("BD20", "city_sum"), Figure(29, 100), None, False),
    ],
)
def test_only_bed_shares_with_beds_and_a_target_are_told_in_beds(
    key: tuple[str, str], figure: Figure, share: Fraction | None, is_told: bool
) -> None:
    assert (bed_gap(BY_KEY[key], figure, share) is not None) is is_told
