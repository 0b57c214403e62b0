"""The pages of bulletin templates: all editions, a new one, their files."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from targets.bulletins.house_template import house_template
from targets.bulletins.placeholders import described
from targets.bulletins.templates import HOUSE_NAME, add_template, void_template
from targets.forms.bulletins import TemplateForm, TemplateVoidForm
from targets.models import BulletinTemplate
from targets.papers.word import CONTENT_TYPE
from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.lib.filenames import saved_as
from yiyang.posting import UNPROCESSABLE, put_errors

NO_TEMPLATE = "没有这一版模板，或不在您的授权范围；请从模板列表里点选。"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.MANAGE_POLICIES)
def bulletin_template_list(request: ActorRequest) -> HttpResponseBase:
    """Every edition, the placeholders there are, and the form that sends in another."""
    if request.method != "POST":
        return _page(request, TemplateForm())
    form = TemplateForm(request.POST, request.FILES)
    if form.is_valid():
        sent = form.cleaned_data
        try:
            kept = add_template(
                by=request.actor, name=sent["file"].name, content=form.content(), note=sent["note"]
            )
        except ValidationError as error:
            put_errors(form, ValidationError({"file": error}))
        else:
            messages.success(request, f"已收下，作为第 {kept.number} 版；以后拟的通报用这一版。")
            return redirect("bulletin-template-list")
    return _page(request, form, status=UNPROCESSABLE)


@require_safe
@requires(Permission.MANAGE_POLICIES)
def bulletin_template_file(request: ActorRequest, template_id: int) -> HttpResponse:
    """One edition as it was sent in."""
    template = _template(request, template_id)
    return _file(bytes(template.content), template.name)


@require_safe
@requires(Permission.MANAGE_POLICIES)
def bulletin_template_house(request: ActorRequest) -> HttpResponse:
    """The portal's own template, to begin from."""
    return _file(house_template(), HOUSE_NAME)


@require_POST
@requires(Permission.MANAGE_POLICIES)
def bulletin_template_void(request: ActorRequest, template_id: int) -> HttpResponseBase:
    """Use an edition for no new bulletin."""
    template = _template(request, template_id)
    form = TemplateVoidForm(request.POST)
    if form.is_valid():
        try:
            void_template(by=request.actor, template=template, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, f"第 {template.number} 版已作废；已拟的通报不受影响。")
            return redirect("bulletin-template-list")
    told = "；".join(str(message) for said in form.errors.values() for message in said)
    return _page(request, TemplateForm(), status=UNPROCESSABLE, refused=told)


def _page(
    request: ActorRequest, form: TemplateForm, status: int = 200, refused: str = ""
) -> HttpResponse:
    templates = BulletinTemplate.objects.visible_to(request.actor).defer("content")
    rows = list(templates.select_related("added_by").order_by("-number"))
    context = {
        "form": form,
        "templates": rows,
        "current": next((one.pk for one in rows if one.voided_at is None), None),
        "placeholders": list(described()),
        "refused": refused,
    }
    return render(request, "targets/bulletin_template_list.html", context, status=status)


def _template(request: ActorRequest, template_id: int) -> BulletinTemplate:
    found = BulletinTemplate.objects.visible_to(request.actor).filter(pk=template_id).first()
    if found is None:
        raise Http404(NO_TEMPLATE)
    return found


def _file(content: bytes, name: str) -> HttpResponse:
    return saved_as(name, HttpResponse(content, content_type=CONTENT_TYPE))
