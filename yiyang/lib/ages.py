"""Ages in completed years on a given day, by birth dates alone."""

import datetime


def birth_cutoff(day: datetime.date, years: int) -> datetime.date:
    """Return the latest birth date whose holder has completed `years` on `day`.

    Reached from the birthday itself. Born 29 February: reached on 1 March in common years.
    """
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        # 只有 2 月 29 日会到这里：平年生的最晚是 2 月 28 日，3 月 1 日生的当天还没到。
        return datetime.date(day.year - years, 2, 28)


def birthday(born_on: datetime.date, years: int) -> datetime.date:
    """Return the day on which someone born then completes `years`."""
    try:
        return born_on.replace(year=born_on.year + years)
    except ValueError:
        return datetime.date(born_on.year + years, 3, 1)


def age_on(born_on: datetime.date, day: datetime.date) -> int:
    """Return completed years on the day; negative before birth is refused."""
    if day < born_on:
        raise ValueError("统计日早于出生日期，请核对出生日期。")
    years = day.year - born_on.year
    return years if birthday(born_on, years) <= day else years - 1
