"""The forms shipped with the portal, from their data files."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

from targets.returns.forms_actions import load_form
from yiyang.changelog.context import Recorder

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "returns"


def load_shipped_forms(*, by: Recorder, on: date) -> int:
    """Load what is not there yet; how many forms that was. Versions in use are never touched."""
    loaded = 0
    for path in sorted(SHIPPED.glob("*.toml")):
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        parts = {name: said.get(name, []) for name in ("item", "check")}
        loaded += load_form(by=by, on=on, head=said["form"], parts=parts)
    return loaded
