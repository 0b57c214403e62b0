"""Which rows an actor may see, declared once per model and refused where nothing is declared."""

import datetime
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self, TypeVar, cast

from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db import models
from django.db.models import Q
from django.db.models.constants import LOOKUP_SEP
from django.db.models.expressions import RawSQL

from yiyang.access.roles import ROLES, Permission, Role


@dataclass(frozen=True, slots=True)
class Grants:
    """Regions and institutions an account holds on one day; roots only, sub-regions follow."""

    region_ids: tuple[int, ...] = ()
    institution_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who is asking, on which day, and how far they may look."""

    day: datetime.date
    user_id: int | None = None
    role: Role | None = None
    permissions: frozenset[Permission] = frozenset()
    whole_city: bool = False
    region_ids: tuple[int, ...] = ()
    institution_ids: tuple[int, ...] = ()

    @property
    def is_known(self) -> bool:
        return self.user_id is not None and self.role is not None

    def may(self, permission: Permission) -> bool:
        return self.is_known and permission in self.permissions


GrantSource = Callable[[int, datetime.date], Grants]
_grant_sources: list[GrantSource] = []


def register_grant_source(source: GrantSource) -> None:
    """Let an upper app say which regions and institutions a user id holds on a day."""
    if source not in _grant_sources:
        _grant_sources.append(source)


def grants_of(user_id: int, day: datetime.date) -> Grants:
    """Collect what every registered source grants the user on the day."""
    collected = [source(user_id, day) for source in _grant_sources]
    return Grants(
        tuple(sorted({i for grants in collected for i in grants.region_ids})),
        tuple(sorted({i for grants in collected for i in grants.institution_ids})),
    )


def unknown_actor(day: datetime.date) -> Actor:
    """Return the actor who sees nothing: not signed in, disabled or of an unknown role."""
    return Actor(day=day)


def known_actor(user_id: int, role: str, day: datetime.date) -> Actor:
    """Return the actor of an enabled account; a role missing from the table sees nothing."""
    if role not in Role.values:
        return unknown_actor(day)
    definition = ROLES[Role(role)]
    grants = grants_of(user_id, day)
    return Actor(
        day=day,
        user_id=user_id,
        role=Role(role),
        permissions=definition.permissions,
        whole_city=definition.whole_city,
        region_ids=grants.region_ids,
        institution_ids=grants.institution_ids,
    )


# True 与 False 单独表示“全部”“没有”：空的 Q() 在 | 里会被当作不存在，不能代表“全部”。
Condition = Q | bool


class RowScope(ABC):
    """A condition on rows that depends on the actor; joined with & and |."""

    @abstractmethod
    def condition(self, actor: Actor) -> Condition:
        """The rows the actor may see: a condition, or True for all and False for none."""

    def __and__(self, other: "RowScope") -> "RowScope":
        return _Both(self, other)

    def __or__(self, other: "RowScope") -> "RowScope":
        return _Either(self, other)


@dataclass(frozen=True, slots=True)
class _Both(RowScope):
    left: RowScope
    right: RowScope

    def condition(self, actor: Actor) -> Condition:
        left, right = self.left.condition(actor), self.right.condition(actor)
        if isinstance(left, bool):
            return right if left else False
        if isinstance(right, bool):
            return left if right else False
        return left & right


@dataclass(frozen=True, slots=True)
class _Either(RowScope):
    left: RowScope
    right: RowScope

    def condition(self, actor: Actor) -> Condition:
        left, right = self.left.condition(actor), self.right.condition(actor)
        if isinstance(left, bool):
            return True if left else right
        if isinstance(right, bool):
            return True if right else left
        return left | right


@dataclass(frozen=True, slots=True)
class Everyone(RowScope):
    """Every signed-in account."""

    def condition(self, actor: Actor) -> Condition:
        return True


@dataclass(frozen=True, slots=True)
class Nobody(RowScope):
    """No account: read by the portal itself only."""

    def condition(self, actor: Actor) -> Condition:
        return False


@dataclass(frozen=True, slots=True)
class Holding(RowScope):
    """Accounts whose role carries the permission."""

    permission: Permission

    def condition(self, actor: Actor) -> Condition:
        return actor.may(self.permission)


@dataclass(frozen=True, slots=True)
class WholeCity(RowScope):
    """Accounts whose role sees the whole city."""

    def condition(self, actor: Actor) -> Condition:
        return actor.whole_city


@dataclass(frozen=True, slots=True)
class Meeting(RowScope):
    """Rows whose field, reached by the path, has the value; for every signed-in account."""

    path: str
    value: str | bool

    def condition(self, actor: Actor) -> Condition:
        return Q(**{self.path: self.value})


@dataclass(frozen=True, slots=True)
class Own(RowScope):
    """Rows whose user, reached by the path, is the actor."""

    path: str

    def condition(self, actor: Actor) -> Condition:
        return Q(**{self.path: actor.user_id})


@dataclass(frozen=True, slots=True)
class ByRegion(RowScope):
    """Rows whose region, reached by the path, lies under a granted region on the actor's day.

    `dated` names the relation on the path that carries starts_on and ends_on (last valid day):
    without it an office would go on seeing those who moved away years ago.
    """

    path: str
    dated: str = ""

    def condition(self, actor: Actor) -> Condition:
        if actor.whole_city:
            return True
        if not actor.region_ids:
            return False
        subtree = RawSQL(
            "SELECT institutions_subtree(%s::bigint[], %s::date)",
            (list(actor.region_ids), actor.day),
        )
        return Q(**{f"{self.path}__in": subtree}) & _valid_on(self.dated, actor.day)


@dataclass(frozen=True, slots=True)
class ByInstitution(RowScope):
    """Rows whose institution, reached by the path, is granted to the actor."""

    path: str
    dated: str = ""

    def condition(self, actor: Actor) -> Condition:
        if not actor.institution_ids:
            return False
        granted = Q(**{f"{self.path}__in": actor.institution_ids})
        return granted & _valid_on(self.dated, actor.day)


def _valid_on(relation: str, day: datetime.date) -> Q:
    if not relation:
        return Q()
    open_or_later = Q(**{f"{relation}__ends_on": None}) | Q(**{f"{relation}__ends_on__gte": day})
    kept = Q(**{f"{relation}__voided_at": None, f"{relation}__starts_on__lte": day})
    return kept & open_or_later


def row_scope_of(model: type[models.Model]) -> RowScope:
    """Return the declared scope; a model that declares none is refused, never shown."""
    scope = getattr(model, "row_scope", None)
    if not isinstance(scope, RowScope):
        raise ImproperlyConfigured(f"{model._meta.label} 没有声明 row_scope，不能读取。")
    return scope


def _crosses_many(model: type[models.Model], condition: Q) -> bool:
    """Tell whether the condition follows a relation that can match one row several times."""
    return any(
        _crosses_many(model, child) if isinstance(child, Q) else _path_is_many(model, child[0])
        for child in cast(list[Any], condition.children)
    )


def _path_is_many(model: type[models.Model], path: str) -> bool:
    options = model._meta
    for name in path.split(LOOKUP_SEP):
        if name == "pk":
            return False
        try:
            field = options.get_field(name)
        except FieldDoesNotExist:  # 走到查找方式（in、gte）
            return False
        if field.one_to_many or field.many_to_many:
            return True
        if field.related_model is None or isinstance(field.related_model, str):
            return False
        options = field.related_model._meta
    return False


M = TypeVar("M", bound=models.Model)


class ScopedQuerySet(models.QuerySet[M]):
    """A queryset that can be narrowed to what an actor may see."""

    def visible_to(self, actor: Actor) -> Self:
        """Keep the rows the actor may see; nothing at all for an unknown actor."""
        scope = row_scope_of(self.model)
        condition = scope.condition(actor) if actor.is_known else False
        if isinstance(condition, bool):
            return self.all() if condition else self.none()
        if not _crosses_many(self.model, condition):
            return self.filter(condition)
        # 跨一对多时直接连接会让一行出现两次、合计翻倍，所以经子查询比对主键。
        seen = self.model._base_manager.filter(condition).values("pk")
        return self.filter(pk__in=seen)


ScopedManager = models.Manager.from_queryset(ScopedQuerySet, "ScopedManager")
