"""Numbers people and institutions are known by, checked as a clerk would have them corrected."""

import datetime
import re
import unicodedata
from dataclasses import dataclass

from stdnum.cn import ric, uscc
from stdnum.exceptions import ValidationError

# 省级代码；只用来提醒。整表核对会误伤旧码、外地人和港澳台居民居住证（81—83）。
PROVINCES = frozenset(
    str(code)
    for code in (
        *(*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47)),
        *(*range(50, 55), *range(61, 66), 71, 81, 82, 83),
    )
)
EARLIEST_BIRTH_YEAR = 1850
CREDIT_CODE_LENGTH = 18
OLD_RESIDENT_ID = re.compile(r"\d{15}")
RESIDENT_ID = re.compile(r"\d{17}[0-9X]")
REGION_CODE = re.compile(r"\d{6}|\d{9}|\d{12}")
RUINED = re.compile(r"^[+-]?\d+(\.\d+)?E\+?\d+$|^\d{15,}\.0+$")
REGISTRATION_NUMBER = re.compile(r"^[0-9A-Z]{8}[0-9A-Z]\d{6}\d{2}[A-Z]\d{3}[129]$")
MOBILE = re.compile(r"^1[3-9]\d{9}$")
LANDLINE = re.compile(r"^0\d{2,3}\d{7,8}$|^\d{7,8}$")


@dataclass(frozen=True, slots=True)
class ResidentId:
    """A valid 18-digit resident ID number with what it says."""

    number: str
    born_on: datetime.date
    is_female: bool
    warning: str = ""

    def __repr__(self) -> str:
        # 默认的 repr 会把号码写进日志和出错页。
        return "ResidentId(…)"


def half_width(text: str) -> str:
    """Turn full-width digits and letters to half-width and drop every space and line break."""
    if text.isascii() and text.isalnum():  # 多数号码本来就是半角；整批导入时省下一半时间
        return text.upper()
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def is_ruined(text: str) -> bool:
    """Whether a spreadsheet has turned the number into 1.50302E+17."""
    # 先看有没有 E 或小数点：整批导入时，绝大多数号码不必再过正则。
    return ("E" in text or "." in text) and RUINED.match(text) is not None


def _cleaned(text: str, title: str) -> str:
    cleaned = half_width(text)
    if not cleaned:
        raise ValueError(f"{title}为空，请填写。")
    if is_ruined(cleaned):
        raise ValueError(
            f"{title}被表格软件转成了数值，末几位已丢失，无法还原；"
            "请把该列设为“文本”格式，从原始资料重新填写后再导入。"
        )
    return cleaned


def resident_id(text: str, *, day: datetime.date) -> ResidentId:
    """Check an ID number; the birth date must exist and not lie after `day`."""
    number = _cleaned(text, "身份证号").replace("-", "")
    if OLD_RESIDENT_ID.fullmatch(number):
        raise ValueError("这是 15 位旧身份证号，已停用；请填写 18 位身份证号。")
    if not RESIDENT_ID.fullmatch(number):
        raise ValueError("身份证号须为 18 位：前 17 位是数字，末位是数字或 X，请核对。")
    # 只用校验位函数：ric.validate 会误拒 1983 年以前在乌海三区出生的人。
    if ric.calc_check_digit(number) != number[-1]:
        hint = "末三位是 000，可能被表格软件截断；" if number.endswith("000") else ""
        raise ValueError(f"身份证号校验位不符，{hint}请对照证件核对。")
    born_on = _birth_date(number[6:14], day)
    warning = "" if number[:2] in PROVINCES else "身份证号前两位不是已知的省级代码，请核对。"
    return ResidentId(number, born_on, int(number[16]) % 2 == 0, warning)


WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def check_digit(stem: str) -> str:
    """The last character of an ID number by its first seventeen (GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(stem, WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def _birth_date(digits: str, day: datetime.date) -> datetime.date:
    try:
        born_on = datetime.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise ValueError("身份证号第 7—14 位不是真实存在的日期，请对照证件核对。") from None
    if born_on > day:
        raise ValueError(f"身份证号中的出生日期晚于 {day:%Y-%m-%d}，请对照证件核对。")
    if born_on.year < EARLIEST_BIRTH_YEAR:
        raise ValueError("身份证号中的出生年份过早，请对照证件核对。")
    return born_on


def credit_code(text: str) -> str:
    """Return the 18-character unified social credit code in half-width capitals."""
    code = _cleaned(text, "统一社会信用代码").replace("-", "")
    if len(code) != CREDIT_CODE_LENGTH:
        raise ValueError(f"统一社会信用代码须为 18 位，现为 {len(code)} 位，请核对。")
    if re.search(r"[IOSVZ]|[^0-9A-Z]", code):
        raise ValueError("统一社会信用代码只含数字和字母，且不含 I、O、S、V、Z，请核对。")
    try:
        return str(uscc.validate(code))
    except ValidationError:
        raise ValueError("统一社会信用代码校验位不符，请对照证照核对。") from None


def region_code(text: str) -> str:
    """Return a 12-digit region code; shorter official codes are completed with zeros."""
    code = _cleaned(text, "行政区划代码")
    if not REGION_CODE.fullmatch(code) or code.startswith("0"):
        raise ValueError("行政区划代码须为 12 位数字（6 位、9 位的按规则补零），请核对。")
    return code.ljust(12, "0")


def registration_number(text: str) -> str:
    """Return the 22-character medical registration number without its hyphen."""
    number = _cleaned(text, "医疗机构登记号").replace("-", "")
    if not REGISTRATION_NUMBER.match(number):
        raise ValueError(
            "医疗机构登记号须为 22 位：组织机构代码 9 位、区划 6 位、经济类型 2 位、"
            "机构类别 4 位（如 A100）、分类管理 1 位（1、2 或 9），请对照许可证核对。"
        )
    return number


def phone(text: str) -> str:
    """Return a mainland mobile or landline number as digits only."""
    cleaned = _cleaned(text, "电话")
    if MOBILE.match(cleaned):
        return cleaned
    number = re.sub(r"[-()—–]", "", cleaned)
    number = re.sub(r"^(\+86|0086|86(?=1\d{10}$))", "", number)
    if not (MOBILE.match(number) or LANDLINE.match(number)):
        raise ValueError("电话须为 11 位手机号，或带区号的固定电话，请核对。")
    return number
