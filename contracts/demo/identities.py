"""Names, ID numbers and phones that belong to nobody."""

from __future__ import annotations

from collections import Counter
from datetime import date
from random import Random

# 150399：乌海市下没有这个区划代码，从未用于编制身份证号；其余各位与校验位照规则编。
NEVER_ISSUED_REGION = "150399"
# 154 号段从未分配给公众移动通信用户。
NEVER_ISSUED_PHONE = "154"
CHECK_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余"
FEMALE = "秀英桂兰玉珍凤霞淑芬翠花素琴春梅丽华美玲惠敏月娥爱莲彩云红艳"
MALE = "建国志强永福德明文军玉山春生福贵长海志远景林树森万成宝庆国栋"


class Identities:
    """Gives out names, phones and ID numbers, no ID number twice."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._given: Counter[tuple[date, str]] = Counter()

    def name(self, sex: str) -> str:
        """A common surname with one or two common characters."""
        characters = FEMALE if sex == "F" else MALE
        first = self._random.choice(SURNAMES) + self._random.choice(characters)
        return first if self._random.random() < 0.25 else first + self._random.choice(characters)

    def phone(self) -> str:
        return f"{NEVER_ISSUED_PHONE}{self._random.randrange(10**8):08d}"

    def id_number(self, born_on: date, sex: str) -> str:
        """The next number for this birth date: odd sequence for men, even for women."""
        place = self._given[born_on, sex]
        self._given[born_on, sex] += 1
        sequence = 2 * place + (1 if sex == "M" else 2)
        body = f"{NEVER_ISSUED_REGION}{born_on:%Y%m%d}{sequence:03d}"
        return body + check_character(body)


def check_character(body: str) -> str:
    """The last character of an ID number, by GB 11643."""
    total = sum(int(digit) * weight for digit, weight in zip(body, CHECK_WEIGHTS, strict=True))
    return CHECK_CHARACTERS[total % 11]
