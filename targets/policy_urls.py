"""Addresses of policies: reading, entering, publishing, correcting and ending them."""

from django.urls import path

from targets.views import (
    policies,
    policy_changes,
    policy_corrections,
    policy_drafts,
    policy_review,
    policy_targets,
)

# /policies/
urlpatterns = [
    path("", policies.policy_list, name="policy-list"),
    path("new/", policy_drafts.policy_new, name="policy-new"),
    path("revisions/<int:revision_id>/", policy_changes.policy_revision, name="policy-revision"),
    path("changes/<int:change_id>/", policy_corrections.policy_change, name="policy-change"),
    path("<slug:slug>/", policies.policy_detail, name="policy-detail"),
    path("<slug:slug>/table/", policies.policy_table, name="policy-table"),
    path("<slug:slug>/facts/", policy_drafts.policy_facts, name="policy-facts"),
    path("<slug:slug>/clauses/new/", policy_drafts.policy_clause_new, name="policy-clause-new"),
    path(
        "<slug:slug>/clauses/<int:clause_id>/",
        policy_drafts.policy_clause_edit,
        name="policy-clause-edit",
    ),
    path("<slug:slug>/targets/new/", policy_targets.policy_target_new, name="policy-target-new"),
    path(
        "<slug:slug>/targets/<slug:code>/",
        policy_targets.policy_target_edit,
        name="policy-target-edit",
    ),
    path(
        "<slug:slug>/targets/<slug:code>/steps/",
        policy_targets.policy_milestone_new,
        name="policy-milestone-new",
    ),
    path("<slug:slug>/tasks/new/", policy_drafts.policy_task_new, name="policy-task-new"),
    path(
        "<slug:slug>/tasks/<int:position>/", policy_drafts.policy_task_edit, name="policy-task-edit"
    ),
    path(
        "<slug:slug>/tasks/<int:position>/correct/",
        policy_corrections.policy_task_correct,
        name="policy-task-correct",
    ),
    path("<slug:slug>/steps/", policy_corrections.policy_steps, name="policy-steps"),
    path("<slug:slug>/notes/", policy_corrections.policy_notes, name="policy-notes"),
    path(
        "<slug:slug>/remove/<slug:kind>/<int:part_id>/",
        policy_drafts.policy_part_remove,
        name="policy-part-remove",
    ),
    path("<slug:slug>/submit/", policy_review.policy_submit, name="policy-submit"),
    path("<slug:slug>/send-back/", policy_review.policy_send_back, name="policy-send-back"),
    path("<slug:slug>/publish/", policy_review.policy_publish, name="policy-publish"),
    path("<slug:slug>/discard/", policy_review.policy_discard, name="policy-discard"),
    path("<slug:slug>/end/", policy_changes.policy_end, name="policy-end"),
    path("<slug:slug>/confirm/", policy_changes.policy_confirm, name="policy-confirm"),
    path(
        "<slug:slug>/targets/<slug:code>/revise/",
        policy_changes.policy_revise,
        name="policy-revise",
    ),
]
