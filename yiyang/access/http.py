"""The request as views see it once the actor has been worked out."""

from django.http import HttpRequest

from yiyang.access.scope import Actor


class ActorRequest(HttpRequest):
    """An HttpRequest carrying its actor; annotate views with this."""

    actor: Actor
