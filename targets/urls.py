"""Addresses of the target table, the indicators and the records behind them."""

from django.urls import path

from targets.views import (
    asof,
    charts,
    forecast,
    gap,
    indicators,
    movement,
    plans,
    rebased,
    records,
    table,
)

# /targets/
urlpatterns = [
    path("", table.table, name="target-table"),
    path("export.xlsx", table.table_xlsx, name="target-table-xlsx"),
    path("export.csv", table.table_csv, name="target-table-csv"),
    path("export.jsonl", table.table_json, name="target-table-json"),
    path("indicators/", indicators.indicator_list, name="indicator-list"),
    path("plans/", plans.plan_list, name="plan-list"),
    path("plans/new/", plans.plan_new, name="plan-new"),
    path("plans/<int:plan_id>/", plans.plan_detail, name="plan-detail"),
    path("plans/<int:plan_id>/save/", plans.plan_save, name="plan-save"),
    path("plans/<int:plan_id>/add/<slug:kind>/", plans.plan_step_new, name="plan-step-new"),
    path(
        "plans/<int:plan_id>/steps/<int:step_id>/remove/",
        plans.plan_step_remove,
        name="plan-step-remove",
    ),
    path("<slug:code>/", indicators.indicator_detail, name="indicator-detail"),
    path(
        "<slug:code>/charts/<slug:drawing>.svg",
        charts.indicator_chart_svg,
        name="indicator-chart-svg",
    ),
    path(
        "<slug:code>/charts/<slug:drawing>.png",
        charts.indicator_chart_png,
        name="indicator-chart-png",
    ),
    path(
        "<slug:code>/charts/<slug:drawing>.csv",
        charts.indicator_chart_csv,
        name="indicator-chart-csv",
    ),
    path("<slug:code>/gap/", gap.gap_detail, name="gap"),
    path("<slug:code>/gap/export.xlsx", gap.gap_xlsx, name="gap-xlsx"),
    path("<slug:code>/gap/contacts/", gap.gap_contact, name="gap-contact"),
    path("<slug:code>/forecast/", forecast.forecast_detail, name="forecast"),
    path("<slug:code>/<slug:reading>/records/", records.record_list, name="record-list"),
    path(
        "<slug:code>/<slug:reading>/records/export.csv", records.record_csv, name="record-list-csv"
    ),
    path(
        "<slug:code>/<slug:reading>/records/export.xlsx",
        records.record_xlsx,
        name="record-list-xlsx",
    ),
    path("<slug:code>/<slug:reading>/as-known/", asof.as_known_detail, name="as-known"),
    path("<slug:code>/<slug:reading>/rebased/", rebased.rebased_detail, name="rebased"),
    path("<slug:code>/<slug:reading>/movement/", movement.movement_detail, name="movement"),
]
