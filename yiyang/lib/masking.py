"""What is shown of a name, an ID number or a phone before anyone gives a reason to see more."""

import re

# 复姓后面还有名才算；两个字的“司马”按单姓看。
COMPOUND_SURNAME = re.compile(
    "(?:欧阳|太史|端木|上官|司马|东方|独孤|南宫|万俟|闻人|夏侯|诸葛|尉迟|公羊|赫连|澹台|皇甫|宗政|濮阳"
    "|公冶|太叔|申屠|公孙|慕容|仲孙|钟离|长孙|宇文|司徒|鲜于|司空|令狐|拓跋|呼延|轩辕)(?=.)"
)

# 手机与证件号码可能被人写进理由、文件名，一律抹去；十二位的区划代码不是个人信息。
LONG_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])(?:(?:86)?1\d{10}|\d{14,17}[0-9Xx]|\d{19,})(?![0-9A-Za-z])"
)
CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")


def without_numbers(text: str) -> str:
    """Return the text on one line, long numbers (phones, identity numbers) blotted out."""
    return LONG_NUMBER.sub("…", CONTROL.sub(" ", text)).strip()


def mask_name(name: str) -> str:
    """Keep the surname: 王秀英 and 王英 both become 王**."""
    if not name:
        return ""
    surname = COMPOUND_SURNAME.match(name)
    return f"{surname.group() if surname else name[0]}**"


def mask_id(number: str) -> str:
    """Keep the first three and the last two: enough to compare, not to know district or birth."""
    return _keep(number, 3, 2)


def mask_phone(number: str) -> str:
    """Keep the first three and the last four."""
    return _keep(number, 3, 4)


def _keep(text: str, first: int, last: int) -> str:
    # 太短的号码留头留尾就等于全露，整个遮住。
    if len(text) < first + last + 4:
        return "*" * len(text)
    return text[:first] + "*" * (len(text) - first - last) + text[-last:]
