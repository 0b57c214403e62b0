"""One scale of type and one palette: sizes and colours stand in tokens.css and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

SHEETS = [
    path
    for path in sorted((Path(settings.BASE_DIR) / "static").glob("*.css"))
    # 纸上用磅与黑白，另是一套。
    if path.name != "tokens.css" and "print" not in path.name
]
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)|\bhsl|\brgb")
OWN_SIZE = re.compile(r"font-size:(?! *(?:var\(--size-|inherit))[^;]+;")
NAME = re.compile(r"var\((--[a-z0-9-]+)")


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_sizes_and_colours_have_names(path: Path) -> None:
    sheet = path.read_text(encoding="utf-8")
    assert COLOUR.findall(sheet) == [], "颜色请先在 tokens.css 里起名。"
    assert OWN_SIZE.findall(sheet) == [], "字号只用 tokens.css 里的。"


def test_every_name_used_is_defined() -> None:
    root = Path(settings.BASE_DIR) / "static"
    tokens = (root / "tokens.css").read_text(encoding="utf-8")
    defined = set(re.findall(r"(--[a-z0-9-]+):", tokens))
    used = {name for path in SHEETS for name in NAME.findall(path.read_text(encoding="utf-8"))}
    assert used <= defined
