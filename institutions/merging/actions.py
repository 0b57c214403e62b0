"""The verbs of a merge: propose, decide, undo; facts follow the record that stays."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from institutions.editing import may_edit_profile
from institutions.merging.movers import mover_of
from institutions.merging.plan import Plan, plan_merge
from institutions.models import Institution, InstitutionMerge, InstitutionProfile, MergeState
from yiyang.access.roles import Permission
from yiyang.access.scope import Actor
from yiyang.changelog.context import recorded
from yiyang.dated import checked_create

NOT_A_KEEPER = "合并由登记这两个机构的经办提出；您的角色或授权范围不能提出。"
NOT_A_REVIEWER = "合并由看得到两个机构的卫健审核批准；您的角色或授权范围不能审核。"
SAME_PERSON = "合并须由提出人以外的人审核；请另一位卫健审核来办。"
UNDONE_BY_ANOTHER = "撤销须由批准合并以外的人办理；请另一位卫健审核来办。"
DECIDED = "这份合并已经审核过或已撤销；请刷新页面。"
GONE = "机构 {code} 已作废或已并入别的机构，不能再合并。"
UNSETTLED = "还有 {number} 处冲突没有解决；请先在机构页面改好或作废重复的记录。"
CANNOT_UNDO = "合并以后登记有了新的变动，照原样退不回去：{told}"
PROFILES = "institutions.institutionprofile"


def may_propose(actor: Actor, institution: Institution) -> bool:
    """Whether the actor keeps the institution, found in their scope, by its latest profile."""
    profile = institution.profiles.kept().order_by("-starts_on").first()
    return profile is not None and may_edit_profile(
        actor, institution, category=profile.category, elderly_kind=profile.elderly_kind
    )


def may_decide(actor: Actor, merge: InstitutionMerge) -> bool:
    """A reviewer in whose scope the merge lies and, until it is merged, the other record too."""
    if not actor.may(Permission.REVIEW):
        return False
    if merge.state != MergeState.PENDING:
        return True
    return Institution.objects.visible_to(actor).filter(pk=merge.dropped_id).exists()


def propose_merge(
    *, by: Actor, kept: Institution, dropped: Institution, reason: str
) -> InstitutionMerge:
    """Propose that `dropped` is merged into `kept`; nothing moves until another person agrees."""
    if not (may_propose(by, kept) and may_propose(by, dropped)):
        raise PermissionDenied(NOT_A_KEEPER)
    _refuse_gone(kept, dropped)
    _refuse_conflicts(plan_merge(kept, dropped))
    with recorded(by=by, reason=f"提出合并：{reason.strip()}"):
        merge = checked_create(
            InstitutionMerge,
            kept=kept,
            dropped=dropped,
            reason=reason.strip(),
            proposed_by_id=by.user_id,
            proposed_on=by.day,
        )
    assert isinstance(merge, InstitutionMerge)
    return merge


def decide_merge(
    *, by: Actor, merge: InstitutionMerge, is_agreed: bool, answer: str = ""
) -> InstitutionMerge:
    """Agree, and everything follows at once; or refuse, with an answer."""
    if not may_decide(by, merge):
        raise PermissionDenied(NOT_A_REVIEWER)
    told = f"合并机构：{merge.reason}" if is_agreed else f"不同意合并：{answer.strip()}"
    with recorded(by=by, reason=told):
        locked = InstitutionMerge.objects.select_for_update().get(pk=merge.pk)
        if locked.state != MergeState.PENDING:
            raise ValidationError(DECIDED)
        if locked.proposed_by_id == by.user_id:
            raise ValidationError(SAME_PERSON)
        if not is_agreed and not answer.strip():
            raise ValidationError({"answer": "不同意的，请写明意见，提出人好照着改。"})
        locked.state = MergeState.DONE if is_agreed else MergeState.REFUSED
        locked.decided_by_id, locked.decided_on = by.user_id, by.day
        locked.answer = answer.strip()
        locked.save()
        if is_agreed:
            _merge(locked)
    return locked


def undo_merge(*, by: Actor, merge: InstitutionMerge, reason: str) -> None:
    """Take the merge back: what moved returns, what was voided for it stands again."""
    if not may_decide(by, merge):
        raise PermissionDenied(NOT_A_REVIEWER)
    if not reason.strip():
        raise ValidationError({"undo_reason": "请写明撤销的原因。"})
    try:
        with recorded(by=by, reason=f"撤销合并：{reason.strip()}"), transaction.atomic():
            locked = InstitutionMerge.objects.select_for_update().get(pk=merge.pk)
            if locked.state != MergeState.DONE:
                raise ValidationError(DECIDED)
            if locked.decided_by_id == by.user_id:
                raise ValidationError(UNDONE_BY_ANOTHER)
            locked.state, locked.undo_reason = MergeState.UNDONE, reason.strip()
            locked.undone_by_id, locked.undone_on = by.user_id, by.day
            locked.save()
            _part(locked)
    except IntegrityError as error:
        raise ValidationError(CANNOT_UNDO.format(told=str(error).splitlines()[0])) from error


def _merge(merge: InstitutionMerge) -> None:
    both = Institution.objects.select_for_update().in_bulk([merge.kept_id, merge.dropped_id])
    kept, dropped = both[merge.kept_id], both[merge.dropped_id]
    _refuse_gone(kept, dropped)
    plan = plan_merge(kept, dropped)
    _refuse_conflicts(plan)
    voided = {"voided_at": Now(), "void_reason": f"并入 {kept.code}：与保留的记录重复"}
    moved: dict[str, Any] = {"moved": {}, "voided": {}}
    for move in plan.moves:
        rows = move.mover.model._default_manager
        rows.filter(pk__in=move.moved).update(**{move.mover.column: kept.pk})
        rows.filter(pk__in=move.doubled).update(**voided)
        moved["moved"][move.mover.key] = move.moved
        moved["voided"][move.mover.key] = move.doubled
    profiles = list(dropped.profiles.kept().values_list("pk", flat=True))
    InstitutionProfile.objects.filter(pk__in=profiles).update(**voided)
    filled = InstitutionProfile.objects.bulk_create(
        _copy(profile, kept, span) for profile, span in plan.filled
    )
    moved |= {"profiles": profiles, "filled": [profile.pk for profile in filled]}
    Institution.objects.filter(pk=dropped.pk).update(
        merged_into=kept, voided_at=Now(), void_reason=f"并入 {kept.code}：{merge.reason}"
    )
    InstitutionMerge.objects.filter(pk=merge.pk).update(moved=moved)


def _part(merge: InstitutionMerge) -> None:
    stands = {"voided_at": None, "void_reason": ""}
    Institution.objects.filter(pk=merge.dropped_id).update(merged_into=None, **stands)
    InstitutionProfile.objects.filter(pk__in=merge.moved["filled"], voided_at=None).update(
        voided_at=Now(), void_reason="撤销合并：抄来的概况退回"
    )
    for key, pks in merge.moved["moved"].items():
        mover = mover_of(key)
        rows = mover.model._default_manager.filter(pk__in=pks, **{mover.column: merge.kept_id})
        rows.update(**{mover.column: merge.dropped_id})
    for key, pks in merge.moved["voided"].items():
        mover_of(key).model._default_manager.filter(pk__in=pks).update(**stands)
    InstitutionProfile.objects.filter(pk__in=merge.moved["profiles"]).update(**stands)


def _refuse_gone(*institutions: Institution) -> None:
    for institution in institutions:
        if institution.voided_at is not None:
            raise ValidationError(GONE.format(code=institution.code))


def _refuse_conflicts(plan: Plan) -> None:
    if plan.conflicts:
        raise ValidationError(UNSETTLED.format(number=len(plan.conflicts)))


def _copy(profile: InstitutionProfile, kept: Institution, span: Any) -> InstitutionProfile:
    own = {"id", "institution_id", "starts_on", "ends_on", "voided_at", "void_reason"}
    fields = [f.attname for f in profile._meta.concrete_fields if f.attname not in own]
    values = {name: getattr(profile, name) for name in fields}
    return InstitutionProfile(institution=kept, starts_on=span[0], ends_on=span[1], **values)
