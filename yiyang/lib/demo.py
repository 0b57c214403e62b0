"""The mark that every page, print and file of the demo carries."""

from django.conf import settings


def demo_mark(form: str = "{}") -> str:
    """The mark set into `form`, such as "（{}）"; empty outside the demo."""
    return form.format(settings.DEMO_MARK) if settings.DEMO else ""
