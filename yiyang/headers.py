"""Headers that every answer carries, beyond those Django's own middlewares add."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

# 门户一样也不用：夹带进来的脚本也别想用。
FEATURES = (
    *("accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen"),
    *("geolocation", "gyroscope", "magnetometer", "microphone", "midi", "payment"),
    *(
        "picture-in-picture",
        "publickey-credentials-get",
        "screen-wake-lock",
        "usb",
        "xr-spatial-tracking",
    ),
)
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in FEATURES)

GetResponse = Callable[[HttpRequest], HttpResponse]


class HeadersMiddleware:
    """Close what the portal never uses, and keep every answer but static files out of caches."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        # 静态文件自带 Cache-Control；其余一律不存：退出之后按“后退”也看不到。
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response
