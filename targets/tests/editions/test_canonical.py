"""The fingerprint: every integer counts, every difference is named, nothing else matters."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from targets.editions.canonical import Line, differences, seal

NUMBERS = st.none() | st.integers(0, 2**62)
CODES = st.sampled_from(("150302", "150303", "150304"))
READINGS = st.sampled_from(("GC17 standard", "FD17 key", "BD20 city"))


@st.composite
def figures(draw: st.DrawFn) -> Line:
    code, reading = draw(CODES), draw(READINGS)
    numbers = draw(st.tuples(*[NUMBERS] * 5))
    return Line("figure", (code, reading, *numbers), (("region", code), ("reading", reading)))


def changed(line: Line, place: int, number: int | None) -> Line:
    cells = list(line.cells)
    cells[place] = number
    return replace(line, cells=tuple(cells))


@given(st.lists(figures(), min_size=1, max_size=8), st.data(), st.integers(2, 6), NUMBERS)
@settings(max_examples=150, deadline=None)
def test_any_single_changed_integer_changes_the_fingerprint_and_is_named(
    lines: list[Line], data: st.DataObject, place: int, number: int | None
) -> None:
    index = data.draw(st.integers(0, len(lines) - 1))
    other = [*lines]
    other[index] = changed(lines[index], place, number)
    before, after = seal(lines), seal(other)
    is_same = lines[index].cells[place] == number
    assert (before.fingerprint == after.fingerprint) is is_same
    named = {one.part: one.names for one in differences(before.digests, after.digests)}
    code, reading, *_ = lines[index].cells
    assert named == ({} if is_same else {"region": (code,), "reading": (reading,)})


def test_the_fingerprint_is_sha256_of_the_lines_as_anybody_would_write_them() -> None:
    lines = [Line("figure", ("1503", "GC17", None, 3)), Line("judgement", ("东区", True))]
    text = '["figure","1503","GC17",null,3]\n["judgement","东区",true]\n'
    assert seal(lines).fingerprint == hashlib.sha256(text.encode()).hexdigest()


def test_no_data_is_not_zero() -> None:
    assert seal([Line("figure", (None,))]) != seal([Line("figure", (0,))])


def test_numbers_do_not_run_into_each_other() -> None:
    assert seal([Line("figure", (1, 23))]) != seal([Line("figure", (12, 3))])


def test_what_is_new_or_gone_is_named_too() -> None:
    kept, found = (
        {"region": {"1": "a", "2": "b"}},
        {"region": {"2": "b", "3": "c"}, "new": {"x": "y"}},
    )
    told = {one.part: (one.added, one.gone) for one in differences(kept, found)}
    assert told == {"region": (("3",), ("1",)), "new": (("x",), ())}
