"""Which numbers are accepted, and what the clerk is told about the others."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiyang.lib import identifiers

DAY = date(2026, 11, 1)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def with_check_digit(first17: str) -> str:
    """GB 11643 written out, apart from the library the code uses."""
    total = sum(int(digit) * weight for digit, weight in zip(first17, WEIGHTS, strict=True))
    return first17 + "10X98765432"[total % 11]


def full_width(text: str) -> str:
    """Write ASCII as Chinese input methods do when left in full-width mode."""
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


@given(
    district=st.sampled_from(["150302", "150303", "150304", "500101", "659001"]),
    born_on=st.dates(min_value=date(1900, 1, 1), max_value=DAY),
    order=st.integers(0, 999),
)
def test_every_well_formed_id_is_accepted(district: str, born_on: date, order: int) -> None:
    number = with_check_digit(f"{district}{born_on:%Y%m%d}{order:03d}")
    accepted = identifiers.resident_id(number, day=DAY)
    assert (accepted.number, accepted.born_on, accepted.warning) == (number, born_on, "")
    assert accepted.is_female == (order % 2 == 0)


@given(place=st.integers(0, 17), digit=st.sampled_from("0123456789"))
def test_one_wrong_digit_is_noticed(place: int, digit: str) -> None:
    number = with_check_digit("15030219450101001")
    wrong = number[:place] + digit + number[place + 1 :]
    if wrong != number:
        with pytest.raises(ValueError, match="请"):
            identifiers.resident_id(wrong, day=DAY)


def test_a_person_of_wuhai_born_in_1945_is_accepted() -> None:
    number = with_check_digit("15030219450101001")
    assert identifiers.resident_id(number, day=DAY).born_on == date(1945, 1, 1)


def test_full_width_and_spaces_are_forgiven() -> None:
    assert identifiers.resident_id(f"{full_width('150302')} 19450101 0013", day=DAY)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", "身份证号为空"),
        ("1.50302E+17", "转成了数值"),
        ("1.50302194501010E17", "转成了数值"),
        ("150302194501010010.0", "转成了数值"),
        ("150302450101001", "15 位旧身份证号"),
        ("1503021945010100", "须为 18 位"),
        ("15030219450101001A", "须为 18 位"),
        ("150302194501010019", "校验位不符"),
        ("150302194501010000", "可能被表格软件截断"),
        (with_check_digit("15030219450230001"), "不是真实存在的日期"),
        (with_check_digit("15030219430229001"), "不是真实存在的日期"),
        (with_check_digit("15030220261102001"), "晚于 2026-11-01"),
        (with_check_digit("15030217450101001"), "出生年份过早"),
    ],
)
def test_a_bad_id_is_refused_with_advice(written: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        identifiers.resident_id(written, day=DAY)


def test_a_birth_on_the_day_itself_is_accepted() -> None:
    assert identifiers.resident_id(with_check_digit("15030220261101001"), day=DAY)


def test_an_unknown_region_warns_and_is_accepted() -> None:
    accepted = identifiers.resident_id(with_check_digit("99030219450101001"), day=DAY)
    assert "不是已知的省级代码" in accepted.warning


def test_an_id_does_not_print_itself() -> None:
    number = with_check_digit("15030219450101001")
    assert number not in repr(identifiers.resident_id(number, day=DAY))


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("111503000115543089", "111503000115543089"),
        ("12330000470051726f", "12330000470051726F"),
        (full_width("111503000115547383"), "111503000115547383"),
        ("11150300-0115543089", "111503000115543089"),
    ],
)
def test_a_credit_code_is_accepted(written: str, code: str) -> None:
    assert identifiers.credit_code(written) == code


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", "为空"),
        ("1.11503E+17", "转成了数值"),
        ("11150300011554308", "现为 17 位"),
        ("111503000115543088", "校验位不符"),
        ("11150300O115543089", "不含 I、O、S、V、Z"),
    ],
)
def test_a_bad_credit_code_is_refused_with_advice(written: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        identifiers.credit_code(written)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("150302000000", "150302000000"),
        ("150302", "150302000000"),
        ("150302001", "150302001000"),
        (full_width("150300"), "150300000000"),
    ],
)
def test_a_region_code_is_twelve_digits(written: str, code: str) -> None:
    assert identifiers.region_code(written) == code


@pytest.mark.parametrize("written", ["", "15", "15030200000", "050302000000", "海勃湾区"])
def test_a_bad_region_code_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="行政区划代码"):
        identifiers.region_code(written)


def test_a_registration_number_loses_its_hyphen() -> None:
    assert (
        identifiers.registration_number("PDY10001-X15030211A1001")
        == identifiers.registration_number("pdy10001x15030211a1001")
        == "PDY10001X15030211A1001"
    )


@pytest.mark.parametrize("written", ["PDY10001X15030211A1003", "PDY10001X15030211", "", "1.5E+21"])
def test_a_bad_registration_number_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="登记号"):
        identifiers.registration_number(written)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("138 4731 2345", "13847312345"),
        ("+86-13847312345", "13847312345"),
        ("8613847312345", "13847312345"),
        ("（0473）2039876", "04732039876"),
    ],
)
def test_a_phone_is_digits_only(written: str, number: str) -> None:
    assert identifiers.phone(written) == number


@pytest.mark.parametrize("written", ["", "12345", "12847312345", "1.38473E+10"])
def test_a_bad_phone_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="电话"):
        identifiers.phone(written)
