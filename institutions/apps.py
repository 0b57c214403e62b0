"""The institutions app."""

from django.apps import AppConfig


class InstitutionsConfig(AppConfig):
    name = "institutions"
    verbose_name = "登记"
    default_auto_field = "django.db.models.BigAutoField"
