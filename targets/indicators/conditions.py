"""Conditions of a counting rule as JSON trees, there and back."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Any

from django.db.models import Q

DAY = "date"


def as_tree(condition: Q) -> dict[str, Any]:
    """The condition as plain JSON: connector, negated, children in their order."""
    return {
        "connector": condition.connector,
        "negated": condition.negated,
        "children": [_child(child) for child in condition.children],
    }


def from_tree(tree: dict[str, Any]) -> Q:
    """The condition that `as_tree` wrote down."""
    children = [
        from_tree(child) if isinstance(child, dict) else (child[0], _read(child[1]))
        for child in tree["children"]
    ]
    return Q(*children, _connector=tree["connector"], _negated=tree["negated"])


def _child(child: Any) -> Any:
    if isinstance(child, Q):
        return as_tree(child)
    lookup, value = child
    return [lookup, _write(value)]


def _write(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, date):
        return {DAY: value.isoformat()}
    if isinstance(value, list | tuple):
        return [_write(one) for one in value]
    # 查询、函数写不成文字：这样的条件应当是 Subject 的一列。
    raise TypeError(f"口径条件只能用字面值，{value!r} 请改作统计对象的一列。")


def _read(value: Any) -> Any:
    if isinstance(value, dict):
        return date.fromisoformat(value[DAY])
    if isinstance(value, list):
        return [_read(one) for one in value]
    return value
