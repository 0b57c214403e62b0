"""Addresses of the register of holidays."""

from django.urls import path

from yiyang.holidays import views

# /holidays/
urlpatterns = [
    path("", views.holiday_list, name="holiday-list"),
    path("new", views.holiday_new, name="holiday-new"),
    path("<int:holiday_id>/void", views.holiday_void, name="holiday-void"),
]
