"""What the views of forms share: the posted data, the action's answer, the page with errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseForm, Form
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render

from yiyang.access.http import ActorRequest

UNPROCESSABLE = 422


def posted(request: ActorRequest) -> QueryDict | None:
    """What was posted; an empty form posted is still wrong, not new."""
    return request.POST if request.method == "POST" else None


def done(form: Form, enter: Callable[[], HttpResponseBase]) -> HttpResponseBase | None:
    """The action's answer; None when nothing sound was posted, with the errors told in the form."""
    if not form.is_valid():
        return None
    try:
        return enter()
    except ValidationError as error:
        put_errors(form, error)
        return None


def put_errors(form: BaseForm, error: ValidationError) -> None:
    """Add the refusal to its fields; what is about none of the form's goes above the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


def form_page(
    request: ActorRequest, template: str, form: Form, context: dict[str, Any]
) -> HttpResponse:
    """The page with the form: 422 once something wrong was posted."""
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, template, {**context, "form": form}, status=status)
