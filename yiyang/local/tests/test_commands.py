"""The local commands answer in Chinese and keep their secrets to this user."""

import re
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from yiyang.local.borrowed import borrowed_roles
from yiyang.local.check import Account, SignInForm
from yiyang.local.environment import as_owner
from yiyang.local.keys import Keys
from yiyang.local.places import CHECKOUT, LocalError, free_port


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "yiyang.local", *arguments],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("arguments", [(), ("demos",)])
def test_an_unknown_command_shows_the_known_ones(arguments: tuple[str, ...]) -> None:
    answer = run(*arguments)
    assert answer.returncode == 2
    assert "用法" in answer.stdout
    assert "demo-check" in answer.stdout


def test_every_make_target_has_its_line_of_help() -> None:
    shown = subprocess.check_output(["make", "help"], cwd=CHECKOUT, text=True)
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"(?<=\.PHONY: ).*", makefile)[0].split()
    assert [target for target in targets if f"make {target} " not in shown] == []


def test_keys_are_made_once_and_readable_by_this_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "var" / "keys.json"
    keys = Keys.kept_in(path)
    assert Keys.kept_in(path) == keys
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert Keys() != keys


def test_a_taken_port_is_replaced_by_a_free_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert free_port(port) != port


def test_migrations_run_as_the_owner() -> None:
    assert (
        as_owner({"DATABASE_URL": "app", "OWNER_DATABASE_URL": "owner"})["DATABASE_URL"] == "owner"
    )


def test_a_database_that_does_not_answer_is_one_message() -> None:
    with (
        pytest.raises(LocalError, match="连不上"),
        borrowed_roles(f"postgres://nobody@127.0.0.1:{free_port()}/none"),
    ):
        pass


def test_the_sign_in_form_is_the_one_with_the_password() -> None:
    form = SignInForm.read(
        '<form action="/search"><input type="hidden" name="x" value="1"></form>'
        '<form action="/account/sign-in"><input type="hidden" name="next" value="/targets/">'
        '<input type="password" name="password"></form>'
    )
    assert (form.action, form.hidden) == ("/account/sign-in", {"next": "/targets/"})


def test_a_page_without_sign_in_is_one_message() -> None:
    with pytest.raises(LocalError, match="登录页"):
        SignInForm.read("<p>你好</p>")


@pytest.mark.parametrize(("secret", "digits"), [(None, 0), ("JBSWY3DPEHPK3PXP", 6)])
def test_an_account_with_a_second_factor_shows_six_digits(secret: str | None, digits: int) -> None:
    assert len(Account("leader", "name", "password", secret).code) == digits
