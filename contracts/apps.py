"""The contracts app."""

from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "contracts"
    verbose_name = "契约"
    default_auto_field = "django.db.models.BigAutoField"
