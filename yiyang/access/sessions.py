"""The session store: Django's in the database, except that a copy of its table opens nothing."""

from __future__ import annotations

import hashlib

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.db.models.functions import Now

DIGEST_LENGTH = 40


def digest_of(session_key: str) -> str:
    """Return what the database knows a session by; the key itself stays in the cookie."""
    # 密钥是足够长的随机数，普通散列已反推不出，不必再加盐。
    return hashlib.sha256(f"session|{session_key}".encode()).hexdigest()[:DIGEST_LENGTH]


class SessionStore(DatabaseStore):
    """Sessions whose rows are found by the digest of their key."""

    def _get_session_from_db(self) -> Session | None:
        key = self.session_key
        rows = Session.objects.filter(session_key=digest_of(key or ""))
        found = rows.filter(expire_date__gt=Now()).first()
        if found is None:
            self._session_key = None
        return found

    def exists(self, session_key: str) -> bool:
        """Tell whether a session of this key is kept."""
        return super().exists(digest_of(session_key))

    def create_model_instance(self, data: dict[str, object]) -> Session:
        """Return the row to keep, under the digest."""
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        row.session_key = digest_of(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        """Drop the session of this key, or this one."""
        key = session_key or self.session_key
        if key is not None:
            Session.objects.filter(session_key=digest_of(key)).delete()
