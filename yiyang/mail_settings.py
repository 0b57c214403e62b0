"""The settings of outgoing mail, read from the environment; settings.py takes them over by name."""

from __future__ import annotations

from email.utils import parseaddr
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()

STARTTLS, SSL, NO_TLS = TLS_WAYS = ("starttls", "ssl", "none")
LAST_HOUR = 23
SCHEDULED = ("NIGHTLY", "WEEKLY", "MONTHLY", "QUARTERLY", "YEARLY")

# 经服务器寄（MAIL_HOST），或写成文件（MAIL_DIR，演示用），二者取一；都不设便不寄。
MAIL_HOST = env.str("MAIL_HOST", default="")
MAIL_TLS = env.str("MAIL_TLS", default=STARTTLS)
MAIL_PORT = env.int("MAIL_PORT", default={STARTTLS: 587, SSL: 465}.get(MAIL_TLS, 25))
MAIL_USER = env.str("MAIL_USER", default="")
MAIL_PASSWORD = env.str("MAIL_PASSWORD", default="")
MAIL_FROM = env.str("MAIL_FROM", default="")
MAIL_CA_FILE = env.str("MAIL_CA_FILE", default="")
MAIL_SECONDS = env.int("MAIL_SECONDS", default=30)
MAIL_DIR = env.str("MAIL_DIR", default="")
# 邮件里的链接从哪里开头；也用于邮件编号。
PORTAL_URL = env.str("PORTAL_URL", default="").rstrip("/")
# 哪些报告要做、几点以后寄；不写的一种不做。
REPORT_SCHEDULES = {
    kind: int(hour) if hour.isdecimal() else -1
    for kind, hour in env.dict(
        "REPORT_SCHEDULES",
        default={"NIGHTLY": "8", "WEEKLY": "8", "MONTHLY": "8", "QUARTERLY": "8", "YEARLY": "8"},
    ).items()
}
# 漏做的报告补几天以内的。
REPORT_CATCH_UP_DAYS = env.int("REPORT_CATCH_UP_DAYS", default=7)


def check_mail_settings() -> None:
    """ImproperlyConfigured where the settings of mail contradict each other."""
    for is_wrong, words in _faults():
        if is_wrong:
            raise ImproperlyConfigured(words)


def _faults() -> tuple[tuple[bool, str], ...]:
    is_on = bool(MAIL_HOST or MAIL_DIR)
    return (
        (
            bool(MAIL_HOST and MAIL_DIR),
            "MAIL_HOST 与 MAIL_DIR 只能设一个：或经邮件服务器寄出，或写成文件。",
        ),
        (MAIL_TLS not in TLS_WAYS, f"MAIL_TLS={MAIL_TLS} 应为 starttls、ssl 或 none，请改正。"),
        (
            MAIL_TLS == NO_TLS and bool(MAIL_PASSWORD),
            "MAIL_TLS=none 会把口令明文送出；请改为 starttls 或 ssl，或不设 MAIL_PASSWORD。",
        ),
        (
            bool(MAIL_USER) != bool(MAIL_PASSWORD),
            "MAIL_USER 与 MAIL_PASSWORD 要么都填，要么都不填。",
        ),
        (
            is_on and not _is_address(MAIL_FROM),
            "寄邮件须设 MAIL_FROM，如 yyjh@example.gov.cn 或 医养结合门户 <yyjh@example.gov.cn>。",
        ),
        (
            is_on and not PORTAL_URL.startswith(("https://", "http://")),
            "寄邮件须设 PORTAL_URL，如 https://yyjh.example.gov.cn，邮件里的链接从它开头。",
        ),
        (
            any(kind not in SCHEDULED for kind in REPORT_SCHEDULES),
            f"REPORT_SCHEDULES 里只能写 {'、'.join(SCHEDULED)}。",
        ),
        (
            any(not 0 <= hour <= LAST_HOUR for hour in REPORT_SCHEDULES.values()),
            "REPORT_SCHEDULES 里的钟点须是 0 到 23 的整数，如 NIGHTLY=8,WEEKLY=8。",
        ),
        (MAIL_SECONDS < 1, f"MAIL_SECONDS={MAIL_SECONDS} 须至少 1 秒。"),
        (REPORT_CATCH_UP_DAYS < 1, "REPORT_CATCH_UP_DAYS 须至少 1 天。"),
    )


def _is_address(written: str) -> bool:
    """Whether it is one address, with or without a name, that a header may carry."""
    name, at, domain = parseaddr(written)[1].partition("@")
    return bool(name and at and "." in domain) and written.isprintable() and domain.isascii()


if MAIL_DIR:
    MAIL_DIR = str(Path(MAIL_DIR).resolve())
check_mail_settings()
