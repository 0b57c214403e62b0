"""docs/security.md names nothing that is not there, and leaves no clause out."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

BASE = Path(settings.BASE_DIR)
DOCUMENT = (BASE / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`([^`\s]+)`", DOCUMENT)
TESTS = [tuple(name.split("::")) for name in NAMED if "::" in name]
FILES = [name for name in NAMED if "::" not in name and ("/" in name or name.endswith(".yaml"))]
CLAUSES = {
    "身份鉴别": "abcd",
    "访问控制": "abcdefg",
    "安全审计": "abcd",
    "入侵防范": "adf",
    "数据备份恢复": "ac",
    "剩余信息保护": "ab",
    "个人信息保护": "ab",
}


def defined_in(file_name: str) -> set[str]:
    """Every test of the files of that name."""
    files = [
        path
        for app in ("yiyang", "institutions", "contracts", "targets")
        for path in (BASE / app).rglob(file_name)
    ]
    return {
        name
        for path in files
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }


def test_every_test_it_names_is_there() -> None:
    missing = [f"{file}::{test}" for file, test in TESTS if test not in defined_in(file)]
    assert len(TESTS) > 80
    assert not missing


def test_every_file_it_names_is_there() -> None:
    assert len(FILES) > 30
    assert not [name for name in FILES if not (BASE / name).exists()]


def test_every_clause_has_its_line() -> None:
    for heading, letters in CLAUSES.items():
        section = DOCUMENT.split(f"## {heading}", 1)[1].split("\n## ", 1)[0]
        listed = set(re.findall(r"^\| ([a-g]) ", section, re.MULTILINE))
        assert listed == set(letters), heading


def test_every_line_names_code_and_test() -> None:
    table = DOCUMENT.split("## 攻击试过", 1)[0]
    for line in table.splitlines():
        if line.startswith("| ") and not line.startswith("| 条款"):
            _, _, _, code, tests, _ = line.split("|")
            assert "`" in code, line
            assert "::" in tests, line


def test_every_attack_is_named() -> None:
    """A new module of attacks belongs into the table too."""
    attacks = {path.name for path in (BASE / "yiyang/tests/attacks").glob("test_*.py")}
    assert attacks == {file for file, _ in TESTS} & attacks
