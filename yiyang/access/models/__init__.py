"""The models of access: accounts, the passwords they had, the sessions they hold."""

from yiyang.access.models.passwords import PasswordRecord
from yiyang.access.models.sessions import AccountSession, SessionEnd
from yiyang.access.models.users import User

__all__ = ["AccountSession", "PasswordRecord", "SessionEnd", "User"]
