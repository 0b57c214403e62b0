"""What the page of a paper shows beside its texts: its charts, and whether it still stands."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from targets.bulletins.content import Content
from targets.bulletins.signed import is_withdrawn
from targets.charts.content import chart_of
from targets.charts.drawing import inline_svg_of
from targets.models import Paper

register = template.Library()


@register.simple_tag
def chart_drawing(content: Content) -> SafeString:
    """The SVG of a stored chart; every text in it is escaped where it is drawn."""
    return inline_svg_of(chart_of(content))


@register.filter
def withdrawn(paper: Paper) -> bool:
    """Whether the archived bulletin has been withdrawn since; the paper itself stays as it was."""
    return is_withdrawn(paper)
