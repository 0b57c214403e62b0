"""What the views of forms share: the posted data, the action's answer, the page with errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import Form
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
        for field, told in _by_field(error).items():
            form.add_error(field if field in form.fields else None, told)
        return None


def _by_field(error: ValidationError) -> dict[str, list[str]]:
    if hasattr(error, "error_dict"):
        return error.message_dict
    return {NON_FIELD_ERRORS: error.messages}


def form_page(
    request: ActorRequest, template: str, form: Form, context: dict[str, Any]
) -> HttpResponse:
    """The page with the form: 422 once something wrong was posted."""
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, template, {**context, "form": form}, status=status)
