"""The page of the holidays of one year, where the city's clerk keeps them."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from yiyang.access.decorators import requires
from yiyang.access.http import ActorRequest
from yiyang.access.roles import Permission
from yiyang.dated import messages_of
from yiyang.holidays.actions import enter_days, void_day
from yiyang.holidays.calendar import work_calendar
from yiyang.holidays.forms import HolidayForm
from yiyang.holidays.models import Holiday, HolidayKind
from yiyang.posting import UNPROCESSABLE, put_errors

YEARS = range(2004, 2100)


@require_safe
@requires(Permission.VIEW_TARGETS)
def holiday_list(request: ActorRequest) -> HttpResponse:
    """The days off and the weekend days worked of a year."""
    return _page(request, _year(request), HolidayForm())


@require_POST
@requires(Permission.MANAGE_POLICIES)
def holiday_new(request: ActorRequest) -> HttpResponseBase:
    """Enter days off or a weekend day worked."""
    form = HolidayForm(request.POST)
    if form.is_valid():
        entered = dict(form.cleaned_data, kind=HolidayKind(form.cleaned_data["kind"]))
        try:
            count = enter_days(by=request.actor, **entered)
        except ValidationError as error:
            put_errors(form, error)
        else:
            messages.success(request, f"已录入 {count} 天。")
            return _to_year(entered["first"].year)
    return _page(request, request.actor.day.year, form, UNPROCESSABLE)


@require_POST
@requires(Permission.MANAGE_POLICIES)
def holiday_void(request: ActorRequest, holiday_id: int) -> HttpResponseBase:
    """Take a mistaken day back."""
    days = Holiday.objects.visible_to(request.actor).kept()
    holiday = days.filter(pk=holiday_id).first()
    if holiday is None:
        raise Http404("没有这一天的安排，或已作废；请回到节假日页查看。")
    try:
        void_day(by=request.actor, holiday=holiday, reason=request.POST.get("reason", "")[:200])
    except ValidationError as error:
        messages.error(request, "；".join(messages_of(error)))
    else:
        messages.success(request, f"{holiday.day} 的安排已作废。")
    return _to_year(holiday.day.year)


def _page(request: ActorRequest, year: int, form: HolidayForm, status: int = 200) -> HttpResponse:
    days = Holiday.objects.visible_to(request.actor).kept().filter(day__year=year)
    context = {
        "year": year,
        "days": days,
        "is_known": year in work_calendar(request.actor.day.replace(year=year, day=1)).known_years,
        "previous": year - 1 if year - 1 in YEARS else None,
        "next": year + 1 if year + 1 in YEARS else None,
        "form": form,
        "may_edit": request.actor.may(Permission.MANAGE_POLICIES),
    }
    return render(request, "holidays/holiday_list.html", context, status=status)


def _year(request: ActorRequest) -> int:
    text = request.GET.get("year", "") or str(request.actor.day.year)
    if not (text.isascii() and text.isdigit() and len(text) == 4 and int(text) in YEARS):  # noqa: PLR2004
        raise Http404("地址里的 year 应当是年份，如 2026；请从页面上的链接进入。")
    return int(text)


def _to_year(year: int) -> HttpResponse:
    return redirect(f"{reverse('holiday-list')}?year={year}")
