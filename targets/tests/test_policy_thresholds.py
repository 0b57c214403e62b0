"""What a clerk writes as a target value, and what the portal takes it for."""

from decimal import Decimal

import pytest

from targets.models import Comparator
from targets.policies.thresholds import NotAThreshold, Threshold, parse_number, parse_threshold

RATIO, COUNT = True, False
AT_LEAST, EQUAL, RANGE, NONE = (
    *(Comparator.AT_LEAST, Comparator.EQUAL, Comparator.RANGE, Comparator.NONE),
)


@pytest.mark.parametrize(
    ("written", "is_ratio", "comparator", "low", "high"),
    [
        ("80%", RATIO, AT_LEAST, "0.8", None),
        ("80％", RATIO, AT_LEAST, "0.8", None),
        ("\uff18\uff10％", RATIO, AT_LEAST, "0.8", None),
        ("0.8", RATIO, AT_LEAST, "0.8", None),
        (" 80 % ", RATIO, AT_LEAST, "0.8", None),
        ("≥80%", RATIO, AT_LEAST, "0.8", None),
        (">=80%", RATIO, AT_LEAST, "0.8", None),
        ("不低于80%", RATIO, AT_LEAST, "0.8", None),
        ("达到80%以上", RATIO, AT_LEAST, "0.8", None),
        ("29.99%", RATIO, AT_LEAST, "0.2999", None),
        ("81.5625%", RATIO, AT_LEAST, "0.815625", None),
        ("=50%", RATIO, EQUAL, "0.5", None),
        ("100%", RATIO, EQUAL, "1", None),
        ("≥100%", RATIO, EQUAL, "1", None),
        ("所有", RATIO, EQUAL, "1", None),
        ("60%—70%", RATIO, RANGE, "0.6", "0.7"),
        ("60—70%", RATIO, RANGE, "0.6", "0.7"),
        ("全覆盖", RATIO, NONE, None, None),
        ("无数字", COUNT, NONE, None, None),
        ("5", COUNT, AT_LEAST, "5", None),
        ("5家", COUNT, AT_LEAST, "5", None),
        ("5 个", COUNT, AT_LEAST, "5", None),
        ("不少于5家", COUNT, AT_LEAST, "5", None),
        ("5家以上", COUNT, AT_LEAST, "5", None),
        ("=5 个", COUNT, EQUAL, "5", None),
        ("1—2", COUNT, RANGE, "1", "2"),
        ("1-2所", COUNT, RANGE, "1", "2"),
        ("1～2 所", COUNT, RANGE, "1", "2"),
        ("1至2所", COUNT, RANGE, "1", "2"),
        ("1所——2所", COUNT, RANGE, "1", "2"),
        ("0—2", COUNT, RANGE, "0", "2"),
        ("999999", COUNT, AT_LEAST, "999999", None),
    ],
)
def test_what_is_written_is_read(
    written: str, is_ratio: bool, comparator: str, low: str | None, high: str | None
) -> None:
    numbers = [None if one is None else Decimal(one) for one in (low, high)]
    assert parse_threshold(written, is_ratio=is_ratio) == Threshold(comparator, *numbers)


@pytest.mark.parametrize(
    ("written", "is_ratio", "told"),
    [
        ("", RATIO, "看不懂"),
        ("80", RATIO, "请写上百分号"),
        ("1", RATIO, "请写上百分号"),
        ("101%", RATIO, "不会超过 100%"),
        ("1.5", RATIO, "不会超过 100%"),
        ("80.12345%", RATIO, "小数点后 4 位"),
        ("八成", RATIO, "看不懂"),
        ("百分之八十", RATIO, "看不懂"),
        ("明显提高", RATIO, "没有数字的写“全覆盖”或“无数字”"),
        ("超过80%", RATIO, "判定含本数"),
        (">80%", RATIO, "判定含本数"),
        ("不超过80%", RATIO, "不低于、等于或介于"),
        ("≤80%", RATIO, "不低于、等于或介于"),
        ("70%—60%", RATIO, "请对调"),
        ("0%", RATIO, "怎样都达标"),
        ("80²%", RATIO, "看不懂"),
        ("١٢%", RATIO, "看不懂"),
        ("-5", COUNT, "看不懂"),
        ("0家", COUNT, "怎样都达标"),
        ("80%", COUNT, "不是比率"),
        ("5.5家", COUNT, "须是整数"),
        ("1000000", COUNT, "最多 6 位"),
        ("2—1", COUNT, "请对调"),
        ("NaN", COUNT, "看不懂"),
        ("1e5", COUNT, "看不懂"),
    ],
)
def test_what_cannot_be_read_says_how_to_write_it(written: str, is_ratio: bool, told: str) -> None:
    with pytest.raises(NotAThreshold, match=told):
        parse_threshold(written, is_ratio=is_ratio)


def test_a_step_is_one_number() -> None:
    assert parse_number("60%", is_ratio=True) == Decimal("0.6")
    with pytest.raises(NotAThreshold):
        parse_number("60%—70%", is_ratio=True)
