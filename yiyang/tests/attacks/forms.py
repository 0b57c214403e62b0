"""The forms of a page as a browser would send them, for posting something else instead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

NOT_SENT = frozenset({"submit", "button", "reset", "file"})


@dataclass
class PageForm:
    """One form: where it goes, and its fields as filled."""

    action: str
    is_post: bool
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def is_filter(self) -> bool:
        return not self.is_post

    @property
    def open_fields(self) -> list[str]:
        """The fields a visitor fills, or could: everything but the token."""
        return [name for name in self.fields if name != "csrfmiddlewaretoken"]


def forms_in(page: str, at: str) -> list[PageForm]:
    """Every form of the page found at the address."""
    reader = _Reader(at)
    reader.feed(page)
    return reader.forms


class _Reader(HTMLParser):
    def __init__(self, at: str) -> None:
        super().__init__()
        self.at, self.forms = at, list[PageForm]()
        self._form: PageForm | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        named = {key: value or "" for key, value in attrs}
        name = named.get("name", "")
        if tag == "form":
            action = urljoin(self.at, named.get("action", ""))
            self._form = PageForm(action, named.get("method", "get").lower() == "post")
            self.forms.append(self._form)
        elif self._form is None:
            return
        elif tag == "input" and name and named.get("type") not in NOT_SENT:
            self._form.fields.setdefault(name, named.get("value", ""))
        elif tag == "textarea" and name:
            self._form.fields.setdefault(name, "")
        elif tag == "select":
            self._select = name
            self._form.fields.setdefault(name, "")
        elif tag == "option" and self._select and not self._form.fields[self._select]:
            self._form.fields[self._select] = named.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
