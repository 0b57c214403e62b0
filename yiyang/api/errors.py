"""Every way the API says no: stable codes, Chinese words, problem+json (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from rest_framework import status
from rest_framework.exceptions import APIException


@dataclass(frozen=True, slots=True)
class Kind:
    """One stable code: its HTTP status, what it means and what the caller does about it."""

    code: str
    status: int
    title: str
    remedy: str


class Refusal(Enum):
    """The codes, listed on /api/docs/errors/; a code never changes its meaning."""

    NOT_AUTHENTICATED = Kind(
        "not_authenticated", 401, "没有令牌", "在请求头写 Authorization: Bearer <令牌>。"
    )
    BAD_TOKEN = Kind(
        "bad_token", 401, "令牌无效", "令牌写错、到期或已收回；请核对，或向安全管理员换发。"
    )
    WRONG_NETWORK = Kind(
        "wrong_network", 403, "来源地址不在允许的网段", "请从登记的网段调用，或申请加上新的网段。"
    )
    OUT_OF_SCOPE = Kind(
        "out_of_scope", 403, "令牌没有这个资源的权限", "请核对令牌的资源范围与读写权限。"
    )
    NOT_FOUND = Kind("not_found", 404, "没有这条记录", "编号写错，或记录不在令牌的区划范围内。")
    NO_SUCH_ADDRESS = Kind("no_such_address", 404, "没有这个地址", "请照 /api/docs/ 核对地址。")
    METHOD_NOT_ALLOWED = Kind(
        "method_not_allowed", 405, "这个地址不收这种请求", "请看响应头 Allow 列出的方法。"
    )
    NOT_ACCEPTABLE = Kind(
        "not_acceptable",
        406,
        "给不出要求的格式",
        "Accept 请写 application/json、text/csv 或 application/x-ndjson。",
    )
    INVALID = Kind("invalid", 400, "参数或内容有误", "请按 errors 逐项改正后重发。")
    UNKNOWN_PARAMETER = Kind(
        "unknown_parameter", 400, "不认识的参数", "请照 /api/docs/ 核对参数名，去掉多余的。"
    )
    MALFORMED = Kind("malformed", 400, "请求内容读不懂", "请发送 UTF-8 编码、格式正确的 JSON。")
    TOO_LARGE = Kind("too_large", 413, "请求内容过大", "请分批发送，一批至多 1000 条。")
    UNSUPPORTED_MEDIA_TYPE = Kind(
        "unsupported_media_type", 415, "不收这种内容", "Content-Type 请写 application/json。"
    )
    CHANGED_MEANWHILE = Kind(
        "changed_meanwhile", 412, "记录已被改动", "请重新读取，核对后带新的 ETag 再发。"
    )
    CONFLICT = Kind("conflict", 409, "与已有的登记冲突", "请读取已有的登记，核对后再发。")
    RESYNC_REQUIRED = Kind(
        "resync_required", 410, "须重新全量同步", "请整册下载，再从响应给出的编号接着读变更。"
    )
    KEY_REUSED = Kind(
        "key_reused", 422, "Idempotency-Key 已用于另一份内容", "每份内容用一个新的键。"
    )
    ROWS_REFUSED = Kind(
        "rows_refused",
        422,
        "有行不能写入，整批都没有写入",
        "请按 errors 改正后整批重发；只想写入没有问题的行，请加 mode=rows。",
    )
    UPLOAD_REFUSED = Kind(
        "upload_refused",
        422,
        "整册没有收下",
        "请按 detail 核对整册是否完整、月份是否正确，再重新上传。",
    )
    NEEDS_CONSENT = Kind(
        "needs_consent", 409, "须对方部门同意", "请改为提交修改申请，答复可用申请编号读取。"
    )
    BUSY = Kind("busy", 503, "一时忙不过来", "请等 Retry-After 给出的秒数后原样重发。")
    THROTTLED = Kind("throttled", 429, "调用过于频繁", "请等 Retry-After 给出的秒数后再试。")
    SERVER_ERROR = Kind(
        "server_error", 500, "系统出错", "请稍后再试；仍不行，把 request_id 告诉系统管理员。"
    )


BY_CODE: Mapping[str, Kind] = {one.value.code: one.value for one in Refusal}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: where (a JSON pointer or a parameter's name), its code and words."""

    detail: str
    code: str = "invalid"
    pointer: str = ""
    parameter: str = ""

    def as_json(self) -> dict[str, str]:
        where = {"pointer": self.pointer} if self.pointer else {}
        if self.parameter:
            where = {"parameter": self.parameter}
        return {**where, "code": self.code, "detail": self.detail}


class ApiRefusal(APIException):
    """An answer of one of the kinds; `faults` name each thing that is wrong."""

    def __init__(
        self,
        kind: Kind,
        *,
        detail: str = "",
        faults: tuple[Fault, ...] = (),
        wait: int | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        self.status_code = kind.status
        self.kind, self.faults, self.wait, self.extra = kind, faults, wait, dict(extra or {})
        super().__init__(detail or kind.remedy, code=kind.code)
        if kind.status == status.HTTP_401_UNAUTHORIZED:
            self.auth_header = 'Bearer realm="api"'


def refused(refusal: Refusal, **more: Any) -> ApiRefusal:
    """The exception that answers with this refusal."""
    return ApiRefusal(refusal.value, **more)


def bad_parameter(name: str, detail: str, code: str = "invalid") -> ApiRefusal:
    """A 400 about one parameter of the address."""
    kind = Refusal.UNKNOWN_PARAMETER if code == "unknown_parameter" else Refusal.INVALID
    return refused(kind, detail=detail, faults=(Fault(detail, code, parameter=name),))
