"""Addresses of report subscriptions and of the outbox."""

from django.urls import path

from targets.views import mail_links, mailing, outbox

# /mail/
urlpatterns = [
    path("", mailing.subscription_list, name="report-subscription-list"),
    path("new/", mailing.subscription_new, name="report-subscription-new"),
    path("outbox/", outbox.mail_list, name="report-mail-list"),
    path("outbox/<uuid:uid>/send/", outbox.mail_send, name="report-mail-send"),
    path("outbox/<uuid:uid>/acknowledge/", outbox.mail_acknowledge, name="report-mail-acknowledge"),
    path("<uuid:uid>/edit/", mailing.subscription_edit, name="report-subscription-edit"),
    path("<uuid:uid>/pause/", mailing.subscription_pause, name="report-subscription-pause"),
    path("<uuid:uid>/resume/", mailing.subscription_resume, name="report-subscription-resume"),
    path("<uuid:uid>/end/", mailing.subscription_end, name="report-subscription-end"),
    path("<uuid:uid>/ask/", mailing.subscription_ask, name="report-subscription-ask"),
    path("confirm/<str:token>/", mail_links.confirm, name="report-subscription-confirm"),
    path(
        "unsubscribe/<str:token>/", mail_links.unsubscribe, name="report-subscription-unsubscribe"
    ),
]
