"""The keys the audit vouches with, named by an id so that they can be changed."""

import base64
import hashlib
import hmac
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32


class UnknownKeyError(Exception):
    """The key of that id is no longer in the settings."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"审计密钥“{key_id}”不在 AUDIT_KEYS 中：请由系统管理员补上旧密钥。")


def mac_of(message: bytes, *, key_id: str) -> str:
    """Return the keyed hash of the message in hex."""
    encoded = settings.AUDIT_KEYS.get(key_id)
    if encoded is None:
        raise UnknownKeyError(key_id)
    return hmac.new(_decoded(encoded), message, hashlib.sha256).hexdigest()


def same_mac(left: str, right: str) -> bool:
    """Compare two hashes without telling how far they agree."""
    return hmac.compare_digest(left.encode(), right.encode())


@lru_cache(maxsize=16)
def _decoded(encoded: str) -> bytes:
    """Decode a 32-byte key; the = at its end may be lost in an environment variable."""
    bare = encoded.rstrip("=")
    try:
        key = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except ValueError:
        raise ImproperlyConfigured("AUDIT_KEYS 不是 base64。") from None
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(f"AUDIT_KEYS 的密钥须为 {KEY_BYTES} 字节的 base64。")
    return key
