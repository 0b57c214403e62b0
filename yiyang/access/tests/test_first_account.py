"""No account exists by default; the first is opened by whoever runs the machine, once."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from yiyang.access.models import User
from yiyang.access.roles import Role

pytestmark = pytest.mark.django_db


def open_first(username: str = "an.quan", staff_number: str = "S-1") -> str:
    said = StringIO()
    call_command("open_security_admin", username, "安全", staff_number, stdout=said)
    return said.getvalue()


def test_a_new_database_has_no_account() -> None:
    assert not User.objects.exists()


def test_the_first_security_administrator_gets_a_one_time_password() -> None:
    password = open_first().removeprefix("一次性口令：").split("（")[0]
    user = User.objects.get()
    assert (user.role, user.must_change_password) == (Role.SECURITY_ADMIN, True)
    assert user.check_password(password)


def test_the_second_is_opened_on_the_page() -> None:
    open_first()
    with pytest.raises(CommandError, match="账号管理"):
        open_first("an.quan2", "S-2")
    assert User.objects.count() == 1


def test_a_bad_name_is_told_and_opens_nothing() -> None:
    with pytest.raises(CommandError, match="小写字母开头"):
        open_first("安全")
    assert not User.objects.exists()
