"""Clearing away sessions that have run out."""

from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone


@shared_task(name="access.clear_sessions")
def clear_sessions() -> None:
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
