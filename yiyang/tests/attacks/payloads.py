"""What an attacker types: for the database, the template, the page, the header, the parser."""

from __future__ import annotations

from typing import Any

PRODUCT = "62710561"
SCRIPT = "\"'><script>alert(1)</script>"
PAYLOADS = {
    "sql_tautology": "' OR '1'='1' --",
    "sql_stacked": "1'); SELECT pg_sleep(5); --",
    "sql_union": '") UNION SELECT username, password FROM yiyang_user --',
    "sql_wildcard": "%_\\",
    "template": "{{ 7919|add:1 }}{% debug %}${7919*7919}{{ 7919*7919 }}",
    "format": "%(x)s %s {0} {x.__class__}",
    "script": SCRIPT,
    "attribute": "x' onfocus='alert(1)' autofocus=\"\" y=\"",
    "address": "javascript:alert(1)",
    "new_lines": "x\r\nSet-Cookie: stolen=1\r\n\r\n<h1>",
    "nul": "a\x00b",
    "control": "\x01\x08\x1b\x7f\x85\u2028",
    "overridden": "\u202etxt.exe\ufeff\u200b",
    "outside_plane": "𝄞👵🏽",
    "path": "../../../../etc/passwd",
    "long": "王" * 4000,
    "long_number": "9" * 400,
    "negative": "-1",
    "exponent": "1e400",
    "not_a_number": "NaN",
    "superscript": "²",
    "other_digits": "١٢٣",
    "last_day": "9999-12-31",
    "first_day": "0001-01-01",
    "last_month": "9999-12",
    "first_month": "0001-01",
    "json": '{"$gt": ""}',
}
# 写不成文字的字节，只能直接写在地址里。
RAW = ("%ff%fe", "%ed%a0%80", "%00", "%c0%ae%c0%ae/", "%E0%80%80")


def body_of(answer: Any) -> str:
    """The whole answer as text, whatever it is."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(content.decode(errors="replace"))


def assert_unharmed(answer: Any) -> None:
    """Whatever was sent, the answer is one a clerk can read, and nothing sent was obeyed."""
    assert answer.status_code < 500, answer.status_code
    body = body_of(answer)
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        assert "<script>alert" not in body
        assert "onfocus='alert" not in body
        assert 'href="javascript:' not in body
    assert PRODUCT not in body
    assert "argon2" not in body
    assert "stolen" not in answer.cookies
    assert not any("\r" in value or "\n" in value for value in answer.headers.values())
