"""Imports that wait for their sender, for the work list."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.urls import reverse

from institutions.imports.registry import title_of
from institutions.models import ImportBatch
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.work import WorkGroup, WorkItem, WorkSource


def unfinished_imports(actor: Actor) -> QuerySet[ImportBatch]:
    """The actor's own batches that are not ended."""
    return ImportBatch.objects.visible_to(actor).unfinished().filter(author=actor.user_id)


def import_items(actor: Actor, day: date, limit: int) -> list[WorkItem]:
    """The latest first, each leading to its page."""
    return [
        WorkItem(
            text=f"{title_of(batch.register)}：{batch.file_name}（{batch.state_in_words}）",
            url=reverse("import-detail", args=[batch.pk]),
        )
        for batch in unfinished_imports(actor)[:limit]
    ]


IMPORTS = WorkSource(
    id="imports",
    title="没有办完的导入",
    group=WorkGroup.IMPORT,
    order=10,
    permission=Permission.VIEW_INSTITUTIONS,
    rows=lambda actor, day: unfinished_imports(actor),
    items=import_items,
    hint="上传后须对应列、看预览、确认才会写入登记；不要的请取消。",
)
