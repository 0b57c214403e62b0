"""Requests hold text only: a zero byte, which the database cannot keep, is refused at the edge."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]


class PlainTextMiddleware:
    """Answer 400 where a parameter or a posted field holds a zero byte, whatever view it is for."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> None:
        match = request.resolver_match
        if match and match.namespaces == ["api"]:  # 接口自己查，答成问题文档
            return
        for name, values in chain(request.GET.lists(), request.POST.lists()):
            if any("\x00" in text for text in (name, *map(str, values))):
                raise SuspiciousOperation("zero byte in a parameter")
