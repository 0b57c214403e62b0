"""Addresses of the task board."""

from django.urls import path

from targets.lists.progress import PROGRESS
from targets.lists.tasks import TASKS
from targets.taskboard import grant_pages
from targets.views import taskboard
from yiyang.listing.views import list_paths

# /tasks/
urlpatterns = [
    *list_paths("", TASKS),
    *list_paths("reports/", PROGRESS),
    path("bureaus/", taskboard.task_bureaus, name="task-bureaus"),
    path("<int:task_id>/", taskboard.task_detail, name="task-detail"),
    path("<int:task_id>/parts/<int:part_id>/", taskboard.task_part, name="task-part"),
    path("<int:task_id>/parts/<int:part_id>/report", taskboard.task_report, name="task-report"),
    path("<int:task_id>/milestones/new", taskboard.task_milestone_new, name="task-milestone-new"),
    path(
        "milestones/<int:milestone_id>/correct",
        taskboard.task_milestone_correct,
        name="task-milestone-correct",
    ),
    path(
        "milestones/<int:milestone_id>/reach",
        taskboard.task_milestone_reach,
        name="task-milestone-reach",
    ),
    path(
        "milestones/<int:milestone_id>/void",
        taskboard.task_milestone_void,
        name="task-milestone-void",
    ),
    path("grants/<int:user_id>/new", grant_pages.bureau_grant_new, name="bureau-grant-new"),
    path(
        "grants/<int:user_id>/<int:grant_id>/end",
        grant_pages.bureau_grant_end,
        name="bureau-grant-end",
    ),
]
