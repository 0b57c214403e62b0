"""One visit to the running demo, as a person with a browser makes it."""

import base64
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar

from django_otp.oath import totp

from yiyang.local.demo import running
from yiyang.local.places import ACCOUNTS, LocalError, say

TARGET_TABLE = "/targets/"
ANSWER_SECONDS = 60
# 目标表须有表格、有区、标明是演示数据。
EXPECTED = ("<table", "海勃湾", "演示数据")


@dataclass(frozen=True)
class Account:
    """One sign-in of the demo."""

    role: str
    username: str
    password: str
    totp_secret: str | None = None

    @property
    def code(self) -> str:
        """Return the code its second factor shows now, or nothing without one."""
        if not self.totp_secret:
            return ""
        return f"{totp(base64.b32decode(self.totp_secret, casefold=True)):06d}"


def demo_check() -> int:
    """Prepare and serve the demo, fetch the target table once, stop."""
    with running() as (address, _):
        account = account_seeing_targets()
        page = fetch_signed_in(address, TARGET_TABLE, account)
    missing = [text for text in EXPECTED if text not in page]
    if missing:
        raise LocalError(f"目标表里没有：{'、'.join(missing)}")
    say(f"目标表取到了：{len(page)} 字，用 {account.role} 的账号。")
    return 0


def account_seeing_targets() -> Account:
    """Return an account that opens the target table, preferably without a second factor."""
    accounts = [Account(**row) for row in json.loads(ACCOUNTS.read_text(encoding="utf-8"))]
    able = [account for account in accounts if "admin" not in account.role.lower()]
    if not able:
        raise LocalError(f"{ACCOUNTS} 里没有可看目标表的账号：请 make clean 后重试。")
    city_first = sorted(able, key=lambda account: (bool(account.totp_secret), account.role))
    return next((one for one in city_first if "leader" in one.role.lower()), city_first[0])


def fetch_signed_in(address: str, path: str, account: Account) -> str:
    """Ask for a page, sign in where that leads, and return the page."""
    browser = urllib.request.build_opener(
        urllib.request.HTTPCookieProcessor(CookieJar()), urllib.request.ProxyHandler({})
    )
    try:
        with browser.open(f"{address}{path}", timeout=ANSWER_SECONDS) as answer:
            form, place = SignInForm.read(answer.read().decode()), answer.url
        fields = {
            **form.hidden,
            "username": account.username,
            "password": account.password,
            "otp_token": account.code,
        }
        posted = urllib.request.Request(
            urllib.parse.urljoin(place, form.action or place),
            urllib.parse.urlencode(fields).encode(),
            {"Referer": place},
        )
        with browser.open(posted, timeout=ANSWER_SECONDS) as answer:
            page, place = str(answer.read().decode()), str(answer.url)
    except urllib.error.HTTPError as error:
        error.close()
        raise LocalError(f"取目标表失败：{error.url} 答 {error.code}。") from error
    if urllib.parse.urlsplit(place).path != path:
        raise LocalError(f"用 {account.username} 登录后没有到目标表，停在 {place}。")
    return page


@dataclass
class SignInForm(HTMLParser):
    """The hidden fields and the address of the page's form that asks for a password."""

    action: str = ""
    hidden: dict[str, str] = field(default_factory=dict)
    is_found: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    @classmethod
    def read(cls, page: str) -> "SignInForm":
        """Return the sign-in form of a page."""
        form = cls()
        form.feed(page)
        if not form.is_found:
            raise LocalError("没有见到登录页：未登录也能打开目标表，或登录页坏了。")
        return form

    def handle_starttag(self, tag: str, attrs: Iterable[tuple[str, str | None]]) -> None:
        """Gather from each form; the one with the password field is kept."""
        named = {key: value or "" for key, value in attrs}
        if tag == "form" and not self.is_found:
            self.action, self.hidden = named.get("action", ""), {}
        elif tag == "input" and named.get("type") == "hidden":
            self.hidden[named.get("name", "")] = named.get("value", "")
        elif tag == "input" and named.get("type") == "password":
            self.is_found = True
