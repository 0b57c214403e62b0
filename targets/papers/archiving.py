"""The archive: a paper is kept once for its occasion, with the fingerprint of what it says."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from typing import Any

from institutions.models import Region
from targets.models import IndicatorRun, Paper, PaperKind
from yiyang.access.models import User
from yiyang.access.scope import Actor
from yiyang.changelog.context import Recorder, recorded

Content = dict[str, Any]


def archive(
    *,
    by: Recorder,
    kind: PaperKind,
    key: str,
    region: Region,
    title: str,
    first_day: date,
    last_day: date,
    content: Content,
    at: datetime,
    run: IndicatorRun | None = None,
) -> Paper:
    """Keep the paper; the one already kept under `key` where there is one, as it was.

    TypeError where `content` is not plain data: texts, integers, truth values, lists, objects.
    """
    paper = Paper(
        kind=kind,
        key=key,
        region=region,
        title=title,
        first_day=first_day,
        last_day=last_day,
        run=run,
        content=content,
        fingerprint=fingerprint_of(content),
        made_at=at,
        made_by_id=_account(by),
    )
    with recorded(by=by, reason=f"成稿：{title}"):
        # 两个工作进程同时成同一份稿，后到的什么也不写。
        Paper.objects.bulk_create([paper], ignore_conflicts=True)
        return Paper.objects.select_related("region", "run").get(key=key)


def fingerprint_of(content: Content) -> str:
    """The sha256 of the content, whatever order its fields stand in."""
    _refuse_inexact(content)
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def is_intact(paper: Paper) -> bool:
    """Whether the stored content is still what the fingerprint was taken of."""
    return fingerprint_of(paper.content) == paper.fingerprint


def _account(by: Recorder) -> int | None:
    if isinstance(by, Actor):
        return by.user_id
    return by.pk if isinstance(by, User) else None


def _refuse_inexact(value: object) -> None:
    """Refuse what would not come back from the database as it went in."""
    if isinstance(value, dict):
        for name, part in value.items():
            if not isinstance(name, str):
                raise TypeError(f"文稿内容的名称须是文字：{name!r}")
            _refuse_inexact(part)
    elif isinstance(value, list):
        for part in value:
            _refuse_inexact(part)
    elif not isinstance(value, str | int | None):
        raise TypeError(f"文稿内容只能是文字、整数、是否、列表：{value!r}")
