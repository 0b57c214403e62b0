"""What an action refuses, put beside the form field it is about."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.forms import BaseForm


def put_errors(form: BaseForm, error: ValidationError) -> None:
    """Add the refusal to its fields; what is about none of the form's goes above the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)
