"""Names are found under the reading people use."""

import pytest

from yiyang.lib.pinyin import full_pinyin, initials


@pytest.mark.parametrize(
    ("name", "full", "letters"),
    [
        ("单玉兰", "shanyulan", "syl"),
        ("仇英", "qiuying", "qy"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("王秀英", "wangxiuying", "wxy"),
    ],
)
def test_a_surname_is_read_as_a_surname(name: str, full: str, letters: str) -> None:
    assert full_pinyin(name, is_person=True) == full
    assert initials(name, is_person=True) == letters


@pytest.mark.parametrize(
    ("name", "full", "letters"),
    [
        ("重庆路社区", "chongqinglushequ", "cqlsq"),
        ("解放路第2养老院", "jiefangludi2yanglaoyuan", "jfld2yly"),
        ("乌海市 蒙医中医医院", "wuhaishimengyizhongyiyiyuan", "whsmyzyyy"),
        ("", "", ""),
    ],
)
def test_an_institution_keeps_common_readings(name: str, full: str, letters: str) -> None:
    assert full_pinyin(name) == full
    assert initials(name) == letters
