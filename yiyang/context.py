"""What every template may show about the portal itself."""

from django.conf import settings
from django.http import HttpRequest


def portal(request: HttpRequest) -> dict[str, object]:
    """Return the portal's name, its demo mark (empty in production) and its build version."""
    return {
        "portal": {
            "name": settings.PORTAL_NAME,
            "demo_mark": settings.DEMO_MARK if settings.DEMO else "",
            "version": settings.BUILD_VERSION,
        }
    }
