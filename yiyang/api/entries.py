"""Serializers of what a call writes: the types as JSON has them, no field beyond those listed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from yiyang.api.asking import CONTROL
from yiyang.lib.identifiers import credit_code

LARGEST_COUNT = 2**31 - 1
FIRST_YEAR, LAST_YEAR = 1900, 2199
DATE_LENGTH = 10
UNKNOWN = "没有“{name}”这个字段；请照 /api/docs/ 核对，去掉多余的。"
NOT_AN_OBJECT = "请写成一个对象：{字段: 值}。"
NOT_TEXT = "请写成带引号的文字。"
UNPRINTABLE = "文字里有不可见的控制字符，请去掉。"
NOT_A_NUMBER = "请写成不带引号的整数。"
NOT_YES_NO = "请写 true 或 false，不带引号。"
NOT_A_DATE = "请写成 2027-03-01 这样的日期。"
NO_SUCH_YEAR = f"年份须在 {FIRST_YEAR} 至 {LAST_YEAR} 之间，请核对。"


class Text(serializers.CharField):
    """A string; a number or a control character is none."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise ValidationError(NOT_TEXT, code="not_text")
        if CONTROL.search(data):
            raise ValidationError(UNPRINTABLE, code="control_character")
        return super().to_internal_value(data)


class Whole(serializers.IntegerField):
    """A whole number written as one: neither "5" nor 5.0 nor true."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": LARGEST_COUNT, **more})

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            raise ValidationError(NOT_A_NUMBER, code="not_a_number")
        return int(data)


class YesNo(serializers.BooleanField):
    """true or false, and nothing that only resembles them."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            raise ValidationError(NOT_YES_NO, code="not_yes_no")
        return data


class Day(serializers.DateField):
    """A day as ISO 8601 has it, in a year a register may hold."""

    def to_internal_value(self, value: Any) -> date:
        if not isinstance(value, str) or len(value) != DATE_LENGTH:
            raise ValidationError(NOT_A_DATE, code="not_a_date")
        day = super().to_internal_value(value)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValidationError(NO_SUCH_YEAR, code="not_a_date")
        return day


class OneOf(serializers.ChoiceField):
    """One of the listed values, of the very type listed."""

    def to_internal_value(self, data: Any) -> Any:
        if data == "" and self.allow_blank:
            return ""
        is_listed = any(data == one and type(data) is type(one) for one in self.plain_values)
        if not is_listed:
            listed = "、".join(str(one) for one in self.plain_values)
            raise ValidationError(f"只能是其中之一：{listed}。", code="invalid_choice")
        return data

    @property
    def plain_values(self) -> list[Any]:
        return [getattr(one, "value", one) for one in self.choices]


class CreditCode(Text):
    """A unified social credit code whose check digit is right, or nothing."""

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        try:
            return credit_code(text) if text else ""
        except ValueError as error:
            raise ValidationError(str(error), code="bad_credit_code") from error


class Entry(serializers.Serializer[Any]):
    """One row as a call writes it. Only what was said comes out: the rest stays as it is."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise ValidationError(
                {"non_field_errors": [ErrorDetail(NOT_AN_OBJECT, "not_an_object")]}
            )
        if unknown := [name for name in data if name not in self.fields]:
            raise ValidationError(
                {
                    name[:60]: [ErrorDetail(UNKNOWN.format(name=name[:60]), "unknown_field")]
                    for name in unknown[:20]
                }
            )
        return super().to_internal_value(data)
