"""The random secrets of one local environment."""

import base64
import json
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from yiyang.local.places import write_private


def _token() -> str:
    return secrets.token_hex(24)


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


@dataclass(frozen=True)
class Keys:
    """Everything that must be secret and the same again at the next start."""

    secret_key: str = field(default_factory=lambda: secrets.token_urlsafe(64))
    field_key: str = field(default_factory=_key)
    digest_key: str = field(default_factory=_key)
    audit_key: str = field(default_factory=_key)
    owner_password: str = field(default_factory=_token)
    app_password: str = field(default_factory=_token)
    redis_password: str = field(default_factory=_token)

    @classmethod
    def kept_in(cls, path: Path) -> "Keys":
        """Return the keys of this file, made at the first call; readable by this user alone."""
        known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        keys = cls(**known)
        # 旧环境没有后来才添的密钥：造好了也要写下，否则每次启动都是另一把。
        if asdict(keys) != known:
            write_private(path, json.dumps(asdict(keys), indent=1))
        return keys
