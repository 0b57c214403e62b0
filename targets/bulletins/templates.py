"""The verbs of bulletin templates: which one is in use, send in another, take one back."""

from __future__ import annotations

from hashlib import sha256

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.db.models import Max

from targets.bulletins.house_template import house_template
from targets.bulletins.rendering import check_template
from targets.bulletins.sample import SAMPLE
from targets.models import BulletinTemplate
from yiyang import dated
from yiyang.access.decorators import FORBIDDEN
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.changelog.context import recorded
from yiyang.lib.masking import without_numbers

HOUSE_NAME = "通报模板（门户自带）.docx"
LONGEST_NAME = 120


def template_in_use(*, by: Actor) -> BulletinTemplate:
    """The newest template; the house's own is kept as the first one where there is none.

    Kept, and not made anew each time: a bulletin of this year prints the same the year after.
    """
    newest = BulletinTemplate.objects.kept().order_by("-number").first()
    return newest or _keep(by, HOUSE_NAME, house_template(), "门户自带的公文版式", is_house=True)


def add_template(*, by: Actor, name: str, content: bytes, note: str = "") -> BulletinTemplate:
    """Keep a template for the bulletins to come; ValidationError says what is wrong with it."""
    if not by.may(Permission.MANAGE_POLICIES):
        raise PermissionDenied(FORBIDDEN)
    check_template(content, SAMPLE)
    return _keep(by, _shown_name(name), content, note.strip())


def void_template(*, by: Actor, template: BulletinTemplate, reason: str) -> None:
    """Use it for no new bulletin; those made with it keep it."""
    if not by.may(Permission.MANAGE_POLICIES):
        raise PermissionDenied(FORBIDDEN)
    if template.voided_at is not None:
        raise ValidationError("这一版模板已经作废。")
    dated.void(by=by, fact=template, reason=reason)


def _keep(
    by: Actor, name: str, content: bytes, note: str, *, is_house: bool = False
) -> BulletinTemplate:
    template = BulletinTemplate(
        name=name,
        note=note,
        content=content,
        size=len(content),
        sha256=sha256(content).hexdigest(),
        added_by_id=None if is_house else by.user_id,
        added_on=by.day,
    )
    with recorded(by=by, reason="通报模板"):
        template.number = _next_number()
        template.full_clean()
        template.save(force_insert=True)
    return template


def _next_number() -> int:
    """The next edition; whoever adds one at the same moment waits for this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('targets_bulletintemplate'))")
    last = BulletinTemplate.objects.aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _shown_name(given: str) -> str:
    """The name without folders or invisible characters, under the extension of what it is."""
    base = given.replace("\\", "/").rsplit("/", 1)[-1]
    stem = "".join(one for one in base if one.isprintable()).removesuffix(".docx")
    return (without_numbers(stem).strip(" .")[: LONGEST_NAME - 5] or "通报模板") + ".docx"
