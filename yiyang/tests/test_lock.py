"""requirements.lock pins what requirements.txt asks for, with hashes."""

import re
from pathlib import Path

from django.conf import settings

PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


def pins(name: str) -> dict[str, str]:
    text = Path(settings.BASE_DIR, name).read_text(encoding="utf-8")
    return {package.lower().replace("_", "-"): version for package, version in PIN.findall(text)}


def test_every_requirement_is_locked_at_its_version() -> None:
    locked = pins("requirements.lock")
    assert {package: locked.get(package) for package in pins("requirements.txt")} == pins(
        "requirements.txt"
    )


def test_every_locked_package_has_a_hash_and_no_address() -> None:
    text = Path(settings.BASE_DIR, "requirements.lock").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[A-Za-z])", text)[1:]
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in text
