"""The placeholders a template may use, and the check that it uses no others.

The template language can do much more than fill in texts. Whatever is not in the table below is
refused before anything is rendered: no calls, no filters, no arithmetic, no loops over loops.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from jinja2 import Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment


@dataclass(frozen=True, slots=True)
class Text:
    """One text or number to print."""

    meaning: str


@dataclass(frozen=True, slots=True)
class Many:
    """A list to repeat a paragraph or a row for; `of` names what each one has."""

    meaning: str
    of: Mapping[str, Any]


PARTS = {"text": Text("文字"), "level": Text("标题级别：2、3、4，正文为 0")}
ROW = {
    "number": Text("序号"),
    "title": Text("指标"),
    "value": Text("数值"),
    "fraction": Text("分子/分母"),
    "threshold": Text("目标"),
    "word": Text("结论"),
    "gap": Text("还差"),
}
PLACEHOLDERS: Mapping[str, Text | Many] = {
    "title": Text("标题"),
    "addressee": Text("主送机关，不带冒号"),
    "copied_to": Text("抄送机关"),
    "issuer": Text("署名：发文机关全称"),
    "region": Text("通报的区划"),
    "below": Text("下级区划的合称，如 各区"),
    "day": Text("统计日，如 2020年9月30日"),
    "run": Text("量度批次"),
    "opening": Many("导语的各段", PARTS),
    "sections": Many("正文各部分", {"heading": Text("一级标题"), "parts": Many("各段", PARTS)}),
    "annexes": Many(
        "附件说明的各行", {"line": Text("一行，如 附件：1. 一览表"), "is_first": Text("是否第一行")}
    ),
    "indicators_mark": Text("指标一览表的附件序号，如 附件1；没有这个附件为空"),
    "candidates_mark": Text("机构清单的附件序号；没有为空"),
    "charts_mark": Text("图的附件序号；没有为空"),
    "indicators": Many("指标一览表的行", {**ROW, "policy": Text("政策与条款")}),
    "districts": Many("各区情况的行", {**ROW, "region": Text("区")}),
    "candidates": Many(
        "机构清单的行",
        {
            "number": Text("序号"),
            "title": Text("指标"),
            "gap": Text("还差"),
            "name": Text("机构"),
            "region": Text("区"),
            "lacks": Text("差什么"),
        },
    ),
    "charts": Many(
        "图", {"title": Text("图名"), "picture": Text("图本身"), "source": Text("来源")}
    ),
    "notes": Many("口径与来源说明", {"text": Text("文字")}),
}
LOOP = Many("", {"index": Text("第几个"), "first": Text("是否第一个"), "last": Text("是否最后")})
_TAGS = re.compile(r"<[^>]*>")
Known = Mapping[str, Any]
BROKEN = (
    "模板里的标记写得不完整（{reason}）；请检查 {{{{ }}}} 与 {{% %}} 是否成对，"
    "for 与 endfor、if 与 endif 是否配齐。"
)
# 一份几百行的通报不到两百万字；再多的是循环里重复的内容太大。
MOST_CHARACTERS = 8_000_000
TOO_LONG = "模板里 for 重复的内容太多，出稿过大；请把 for 与 endfor 之间的内容减少后再传。"
ENDINGS = {"endfor": "有 for 没有 endfor", "endif": "有 if 没有 endif"}
ONLY_PLAIN = "模板里的 {what} 不能用；只能写占位符、for 与 if，不能写函数、过滤器、算式。"


class _Bounded(Template):
    """A template that stops, in words, before what it writes fills the memory."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        written, size = [], 0
        for piece in self.generate(*args, **kwargs):
            size += len(piece)
            if size > MOST_CHARACTERS:
                raise ValidationError(TOO_LONG)
            written.append(piece)
        return "".join(written)


def sandbox() -> ImmutableSandboxedEnvironment:
    """The environment templates are read and rendered in: escaped, bounded, without globals."""
    environment = ImmutableSandboxedEnvironment(autoescape=True)
    environment.template_class = _Bounded
    environment.globals.clear()
    environment.filters.clear()
    environment.tests.clear()
    return environment


def check_markup(source: str) -> None:
    """ValidationError naming the first placeholder or tag that is not in the table."""
    try:
        tree = sandbox().parse(source)
    except TemplateSyntaxError as error:
        raise ValidationError(BROKEN.format(reason=_reason(error.message or ""))) from error
    except RecursionError as error:
        raise ValidationError("模板里的标记套得太深；请简化后再传。") from error
    _check_all(tree.body, PLACEHOLDERS, is_repeated=False)


def _reason(said: str) -> str:
    """What the engine complains of in English, as far as a clerk can act on it."""
    missing = (told for end, told in ENDINGS.items() if f"'{end}'" in said)
    return next(missing, "标记里有认不出的字符")


def check_closed(xml: str) -> None:
    """ValidationError unless every mark opened is closed in its line of the part's XML.

    The engine searches from each opening for its closing: thousands of openings that never close
    would keep it busy for hours. The mark that joins paragraphs has the same trouble.
    """
    for line in xml.splitlines():
        if line.rfind("{") > line.rfind("}"):
            raise ValidationError(BROKEN.format(reason="有 { 没有对应的 }"))
    bare = _TAGS.sub("", xml)
    if "{%-" in bare or "-%}" in bare:
        raise ValidationError(ONLY_PLAIN.format(what="“{%-”与“-%}”"))


def described() -> Iterator[tuple[str, str]]:
    """Every placeholder as it is written, with its meaning, for the page of templates."""
    return _described(PLACEHOLDERS, "")


def _described(known: Known, of: str) -> Iterator[tuple[str, str]]:
    for name, one in known.items():
        yield f"{of}{name}", one.meaning
        if isinstance(one, Many):
            yield from _described(one.of, f"{of}{name} → ")


def _check_all(body: list[nodes.Node], known: Known, *, is_repeated: bool) -> None:
    for node in body:
        _check(node, known, is_repeated=is_repeated)


def _check(node: nodes.Node, known: Known, *, is_repeated: bool) -> None:
    if isinstance(node, nodes.Output):
        for part in node.nodes:
            if not isinstance(part, nodes.TemplateData):
                _text_of(part, known)
    elif isinstance(node, nodes.If):
        _check_condition(node.test, known)
        for body in (node.body, list(node.elif_), node.else_):
            _check_all(list(body), known, is_repeated=is_repeated)
    elif isinstance(node, nodes.For):
        _check_loop(node, known, is_repeated=is_repeated)
    else:
        raise ValidationError(ONLY_PLAIN.format(what=f"“{type(node).__name__}”语句"))


def _check_loop(node: nodes.For, known: Known, *, is_repeated: bool) -> None:
    """A loop inside a loop goes over what the outer one's item has, never over a whole list."""
    if node.test is not None or node.recursive or node.else_:
        raise ValidationError(ONLY_PLAIN.format(what="带条件的 for"))
    if not isinstance(node.target, nodes.Name):
        raise ValidationError(ONLY_PLAIN.format(what="解包的 for"))
    if is_repeated and isinstance(node.iter, nodes.Name):
        raise ValidationError(
            f"模板里 for … in {node.iter.name} 套在另一个 for 里；请移到外面，避免成倍重复。"
        )
    found = _found(node.iter, known)
    if not isinstance(found, Many):
        raise ValidationError(f"模板里的 {_written(node.iter)} 不是列表，不能用 for。")
    inner = {**known, node.target.name: found, "loop": LOOP}
    _check_all(node.body, inner, is_repeated=True)


def _check_condition(node: nodes.Node, known: Known) -> None:
    if isinstance(node, nodes.Not):
        _check_condition(node.node, known)
    elif isinstance(node, nodes.And | nodes.Or):
        _check_condition(node.left, known)
        _check_condition(node.right, known)
    elif isinstance(node, nodes.Compare):
        _check_condition(node.expr, known)
        for operand in node.ops:
            _check_condition(operand.expr, known)
    elif not isinstance(node, nodes.Const):
        _found(node, known)


def _text_of(node: nodes.Node, known: Known) -> None:
    if isinstance(_found(node, known), Many):
        raise ValidationError(
            f"模板里的占位符 {{{{ {_written(node)} }}}} 是列表，请用 for 逐项写出。"
        )


def _found(node: nodes.Node, known: Known) -> Text | Many:
    """What a placeholder stands for."""
    found: Any = None
    if isinstance(node, nodes.Name):
        found = known.get(node.name)
    elif isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name | nodes.Getattr):
        owner = _found(node.node, known)
        found = owner.of.get(node.attr) if isinstance(owner, Many) else None
    else:
        raise ValidationError(ONLY_PLAIN.format(what=f"“{_written(node)}”"))
    if found is None:
        raise ValidationError(
            f"模板里的占位符 {{{{ {_written(node)} }}}} 不认识；可用的见模板页面的占位符表。"
        )
    return found  # type: ignore[no-any-return]


def _written(node: nodes.Node) -> str:
    """The placeholder as its author wrote it, as far as it is one."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{_written(node.node)}.{node.attr}"
    if isinstance(node, nodes.Const):
        return repr(node.value)
    return type(node).__name__
