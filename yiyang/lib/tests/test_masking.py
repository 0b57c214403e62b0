"""What a masked value still shows."""

import pytest

from yiyang.lib.masking import mask_id, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("王秀英", "王**"),
        ("王英", "王**"),
        ("欧阳娜娜", "欧阳**"),
        ("司马", "司**"),
        ("巴特尔", "巴**"),
        ("", ""),
    ],
)
def test_a_name_keeps_its_surname(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [("15030219450101001X", "150*************1X"), ("12345678", "********"), ("", "")],
)
def test_an_id_number_keeps_three_and_two(number: str, shown: str) -> None:
    assert mask_id(number) == shown


@pytest.mark.parametrize(
    ("number", "shown"), [("13847312345", "138****2345"), ("2039876", "*******")]
)
def test_a_phone_keeps_three_and_four(number: str, shown: str) -> None:
    assert mask_phone(number) == shown
