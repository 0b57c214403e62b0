"""Ages in completed years on a given day, by birth dates alone."""

import datetime


def _year_shifted(day: datetime.date, years: int) -> datetime.date:
    """Return the same date in another year; 29 February becomes 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return datetime.date(day.year + years, 3, 1)


def birth_cutoff(day: datetime.date, years: int) -> datetime.date:
    """Return the latest birth date whose holder has completed `years` on `day`.

    Reached from the birthday itself. Born 29 February: reached on 1 March in common years.
    """
    if day.month == 2 and day.day == 29:
        # 平年生的最晚只能是 2 月 28 日；闰年则 2 月 29 日当天生的也算。
        birth_year = day.year - years
        last_day = _last_of_february(birth_year)
        return datetime.date(birth_year, 2, last_day)
    return day.replace(year=day.year - years)


def birthday(born_on: datetime.date, years: int) -> datetime.date:
    """Return the day on which someone born then completes `years`."""
    return _year_shifted(born_on, years)


def age_on(born_on: datetime.date, day: datetime.date) -> int:
    """Return completed years on the day; negative before birth is refused."""
    if day < born_on:
        raise ValueError("统计日早于出生日期，请核对出生日期。")
    years = day.year - born_on.year
    return years if birthday(born_on, years) <= day else years - 1


def _last_of_february(year: int) -> int:
    return (datetime.date(year, 3, 1) - datetime.timedelta(days=1)).day
