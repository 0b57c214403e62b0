"""Addresses of files kept with records."""

from django.urls import path

from yiyang.attachments import views

# /attachments/
urlpatterns = [
    path("<slug:holder>/<int:object_id>/new/", views.attachment_new, name="attachment-new"),
    path("<uuid:uid>/file/", views.attachment_file, name="attachment-file"),
    path("<uuid:uid>/void/", views.attachment_void, name="attachment-void"),
]
