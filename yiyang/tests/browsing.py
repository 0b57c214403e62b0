"""A real browser for tests: what it shows, what it complains of, how it reads to axe."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.test import Client

WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
# 本机的地址浏览器当作可信的来源，像 HTTPS 一样照办每个头。
ORIGIN = "http://localhost"
AXE = Path(__file__).with_name("axe") / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
FINDINGS = """async (tags) => {
  const found = await axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
  return found.violations.flatMap((one) => one.nodes.map((node) => {
    const why = [...node.any, ...node.all, ...node.none].map((check) => check.message);
    return `${one.id} ${node.target.join(" ")} ${why[0] || one.help}`;
  }));
}"""
# 撑宽页面的元素：横向滚动的容器里的不算，它们自己能滚。
TOO_WIDE = """(width) => {
  if (document.documentElement.scrollWidth <= width) return [];
  const right = (e) => e.getBoundingClientRect().right;
  return Array.from(document.querySelectorAll("body *"))
    .filter((e) => right(e) > width + 1 && !e.closest(".table-scroll")).slice(0, 5)
    .map((e) => `too wide: ${e.tagName}.${e.getAttribute("class")} ${right(e)}`);
}"""


@dataclass
class Window:
    """A page of the browser with everything its console has complained of."""

    page: Any
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, said: Any) -> None:
        if said.type == "error" and "Failed to load resource" not in said.text:
            self.complaints.append(said.text)

    def taken_complaints(self) -> list[str]:
        """What has been complained of since the last time one asked."""
        taken, self.complaints[:] = list(self.complaints), []
        return taken

    def axe_findings(self) -> list[str]:
        """Where the page now open breaks a rule of accessibility, and how."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: list[str] = self.page.evaluate(FINDINGS, RULES)
        return found

    def too_wide(self) -> list[str]:
        """What makes the page now open wider than a phone; nothing when it fits."""
        self.page.set_viewport_size(PHONE)
        wide: list[str] = self.page.evaluate(TOO_WIDE, PHONE["width"])
        self.page.set_viewport_size(WIDE)
        return wide


@dataclass
class AnswerWindow(Window):
    """Shows answers of the test client, which reads what the test's own transaction holds."""

    answers: dict[str, HttpResponse] = field(default_factory=dict)
    files: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.page.route("**/*", self._fulfil)

    def show(self, answer: Any, way: str = "/") -> None:
        """Open the answer as if it had come from `way`."""
        self.answers = {f"{ORIGIN}{way}": answer}
        self.page.goto(f"{ORIGIN}{way}")

    def _fulfil(self, route: Any) -> None:
        url = route.request.url
        answer = self.answers.get(url) or self.files.get(urlsplit(url).path)
        headers = {name: value for name, value in answer.items() if name != "Content-Length"}
        route.fulfill(status=answer.status_code, headers=headers, body=answer.getvalue())


@contextmanager
def window(chromium: Any, kind: type[Window] = Window) -> Iterator[Any]:
    """A window at desktop width, closed at the end."""
    page = chromium.new_page(locale="zh-CN", viewport=WIDE)
    yield kind(page)
    page.close()
