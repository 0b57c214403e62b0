"""The JSON a call sends, read strictly: what is doubtful is refused, never guessed."""

from __future__ import annotations

import json
from email.message import Message
from typing import Any

from django.http import HttpRequest

from yiyang.api.asking import CONTROL
from yiyang.api.errors import ApiRefusal, Fault, Refusal, refused

JSON_TYPE, LINES_TYPE = "application/json", "application/x-ndjson"
UTF_8 = frozenset({"", "utf-8", "utf8"})
DEEPEST = 20
NOT_UTF_8 = "内容不是 UTF-8 编码，请按 UTF-8 发送。"
NOT_JSON = "第 {line} 行第 {column} 个字符处不是 JSON，请核对。"
TOO_DEEP = "内容层层相套超过 {levels} 层，请照说明的样子发送。"
TWICE = "“{name}”写了两次，同一个对象里每个字段只能写一次。"
CONSTANT = "JSON 里没有 {name}；没有的数请写 null。"
UNPRINTABLE = "字段名里有不可见的控制字符，请去掉。"
BROKEN_TEXT = "文字里有残缺的字符（半个代理对），请核对编码。"


def read_json(request: HttpRequest) -> Any:
    """The value of a JSON body. ApiRefusal: 415 for another kind, 413 too large, 400 unreadable."""
    refuse_kind(request, (JSON_TYPE,))
    return value_of(text_of(request.body))


def refuse_kind(request: HttpRequest, kinds: tuple[str, ...]) -> str:
    """The body's kind, one of `kinds`. ApiRefusal 415 for any other, or one that is packed."""
    header = Message()
    header["Content-Type"] = request.headers.get("Content-Type", "")
    charset = str(header.get_param("charset", "")).lower()
    kind = header.get_content_type()
    packed = request.headers.get("Content-Encoding", "identity")
    if kind not in kinds or charset not in UTF_8 or packed != "identity":
        raise refused(Refusal.UNSUPPORTED_MEDIA_TYPE)
    return kind


def text_of(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise malformed(NOT_UTF_8) from error


def value_of(text: str) -> Any:
    """The one value a JSON text holds. ApiRefusal 400 saying where it breaks."""
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
        # 半个代理对读得进来、写不出去：在这里就挡住。
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except json.JSONDecodeError as error:
        raise malformed(NOT_JSON.format(line=error.lineno, column=error.colno)) from error
    except RecursionError as error:
        raise malformed(TOO_DEEP.format(levels=DEEPEST)) from error
    except UnicodeEncodeError as error:
        raise malformed(BROKEN_TEXT) from error
    except ValueError as error:
        raise malformed(NOT_JSON.format(line=1, column=1)) from error
    if _is_deeper(value, DEEPEST):
        raise malformed(TOO_DEEP.format(levels=DEEPEST))
    return value


def malformed(detail: str, code: str = "malformed") -> ApiRefusal:
    return refused(Refusal.MALFORMED, detail=detail, faults=(Fault(detail, code, "#"),))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    for name in found:
        if CONTROL.search(name):
            raise malformed(UNPRINTABLE, "control_character")
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise malformed(TWICE.format(name=twice[:60]), "repeated")
    return found


def _constant(name: str) -> Any:
    raise malformed(CONSTANT.format(name=name))


def _is_deeper(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    if levels == 0:
        return True
    inner = value.values() if isinstance(value, dict) else value
    return any(_is_deeper(one, levels - 1) for one in inner if isinstance(one, dict | list))
