"""One form filled as a clerk would, and where it is posted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from yiyang.access.roles import Role
from yiyang.tests.attacks.scene import Scene


@dataclass(frozen=True, slots=True)
class Filled:
    """One form; {names} in it come from the scene, and `is_accepted` says that it works as is.

    Forms that are made alike, of the same fields and answered by the same lines, share the
    attacks out among them: `is_alike`. Addresses that read the very same form class, `form_class`,
    share them too: each field of the class gets every attack, at one of them or another.
    """

    name: str
    role: Role | None
    data: Mapping[str, Any]
    keys: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    is_accepted: bool = True
    is_alike: bool = False
    form_class: str = ""

    def way(self, scene: Scene) -> str:
        kwargs = {name: scene.keys.get(key, key) for name, key in self.keys.items()}
        return reverse(self.name, kwargs=kwargs) + self.query.format(**scene.keys)

    def filled(self, scene: Scene) -> dict[str, Any]:
        return {name: _filled(value, scene) for name, value in self.data.items()}


def _filled(value: Any, scene: Scene) -> Any:
    if isinstance(value, list):
        return [one.format(**scene.keys) if isinstance(one, str) else one for one in value]
    return value.format(**scene.keys) if isinstance(value, str) else value
