"""The Celery application of workers and beat."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yiyang.settings")

app = Celery("yiyang")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["yiyang.access", "yiyang.api", "yiyang.api.webhooks"])
app.autodiscover_tasks(["yiyang.attachments", "yiyang.audit", "targets.mailing"])
