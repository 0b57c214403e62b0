"""The append-only change log as tables: the triggers write it, the application only reads it."""

from __future__ import annotations

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from yiyang.access.fields import FieldClass, classify
from yiyang.access.scope import Nobody, RowScope, ScopedManager, ScopedQuerySet

# No account lists the log itself: history is shown through the record it belongs to, after
# that record's own scope and field classes.


class Operation(models.TextChoices):
    INSERT = "INSERT", "新增"
    UPDATE = "UPDATE", "修改"
    DELETE = "DELETE", "删除"


class Change(models.Model):
    """One statement that changed rows of one tracked table."""

    at = models.DateTimeField("写入时刻")
    table_name = models.CharField("登记表", max_length=63)
    operation = models.CharField("操作", max_length=6, choices=Operation)
    row_count = models.PositiveIntegerField("变动行数")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="操作人",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    batch = models.TextField("批次", blank=True)
    reason = models.TextField("原因", blank=True)

    objects = ScopedManager()

    row_scope: ClassVar[RowScope] = Nobody()
    field_classes: ClassVar[dict[str, FieldClass]] = classify(
        internal=(
            "id",
            "at",
            "table_name",
            "operation",
            "row_count",
            "actor",
            "batch",
            "reason",
        ),
    )

    class Meta:
        verbose_name = verbose_name_plural = "变更"
        indexes = (models.Index(fields=["table_name", "id"], name="change_by_table"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(operation__in=Operation.values),
                name="change_operation_known",
                violation_error_message="变更的操作只能是新增、修改或删除。",
            ),
            models.CheckConstraint(
                condition=Q(row_count__gt=0),
                name="change_has_rows",
                violation_error_message="没有行变动的语句不进变更日志。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.table_name} {self.get_operation_display()} {self.row_count}行"


class ChangeEntryQuerySet(ScopedQuerySet["ChangeEntry"]):
    """Reads of the log; `number` is null until the sequencer has passed."""

    def numbered(self) -> Self:
        """Each entry with its place in the whole log as `number`."""
        return self.annotate(number=F("change__numbering__first_number") + F("ordinal") - 1)

    def of(self, table: str, row_id: int) -> Self:
        """The history of one record, oldest first, with who and why."""
        # Change ids of one row follow commit order: the second writer waits for the row lock,
        # and its trigger draws the id only after the first has committed.
        return (
            self.filter(change__table_name=table, row_id=row_id)
            .numbered()
            .select_related("change__actor")
            .order_by("change_id")
        )

    def after_number(self, number: int) -> Self:
        """Numbered entries past `number`, in order: the changes feed reads on from here."""
        # Bounding the ordinal, not the sum, lets the index enter a 77,000-row import half-way.
        return (
            self.filter(
                change__numbering__last_number__gt=number,
                ordinal__gt=number + 1 - F("change__numbering__first_number"),
            )
            .numbered()
            .select_related("change")
            .order_by("change__numbering__last_number", "ordinal")
        )

    def page_after(self, number: int, size: int) -> Self:
        """Entries numbered number + 1 … number + size: one feed page, equally dear at any depth.

        Numbers have no gap, so a page narrowed further (by table, by scope) still ends there.
        """
        # Two steps: joined, the planner reads a large import from its start for every page.
        last = number + size
        page = Q(pk__in=[])
        whole = []
        for change, first_number, last_number in ChangeNumber.objects.spans_after(number)[:size]:
            if number < first_number and last_number <= last:
                whole.append(change)
            elif first_number <= last:
                ordinals = (number + 2 - first_number, last + 1 - first_number)
                page |= Q(change=change, ordinal__range=ordinals)
        return (
            self.filter(page | Q(change__in=whole))
            .numbered()
            .select_related("change")
            .order_by("change__numbering__last_number", "ordinal")
        )


class ChangeEntry(models.Model):
    """What one statement did to one record."""

    # Without a database constraint: only the trigger writes here, in the statement that also
    # writes the Change, and a deferred check per row would double the cost of a COPY.
    change = models.ForeignKey(
        Change,
        verbose_name="变更",
        on_delete=models.PROTECT,
        related_name="entries",
        db_constraint=False,
        db_index=False,
    )
    ordinal = models.PositiveIntegerField("语句内序号")
    row_id = models.BigIntegerField("记录主键")
    before = models.JSONField("变更前", null=True)
    after = models.JSONField("变更后", null=True)

    # Set by the queryset's `numbered()`: numbers are kept beside the log, not in it.
    number: int | None

    objects = ChangeEntryQuerySet.as_manager()

    row_scope: ClassVar[RowScope] = Nobody()
    # One column holds all fields of all registers, so it is classed as the strictest of them.
    field_classes: ClassVar[dict[str, FieldClass]] = classify(
        internal=("id", "change", "ordinal", "row_id"), restricted=("before", "after")
    )

    class Meta:
        verbose_name = verbose_name_plural = "变更明细"
        indexes = (models.Index(fields=["row_id", "change"], name="change_entry_by_row"),)
        constraints = (
            models.UniqueConstraint(
                fields=["change", "ordinal"],
                name="change_entry_place",
                violation_error_message="同一变更内序号不能重复。",
            ),
            models.CheckConstraint(
                condition=Q(before__isnull=False) | Q(after__isnull=False),
                name="change_entry_has_a_side",
                violation_error_message="变更明细必须有变更前或变更后的内容。",
            ),
        )

    def __str__(self) -> str:
        return f"记录{self.row_id} 第{self.ordinal}行"


class ChangePending(models.Model):
    """A change the sequencer has not numbered yet."""

    change = models.OneToOneField(
        Change,
        verbose_name="变更",
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="pending",
        db_constraint=False,
    )

    objects = ScopedManager()

    row_scope: ClassVar[RowScope] = Nobody()
    field_classes: ClassVar[dict[str, FieldClass]] = classify(internal=("change",))

    class Meta:
        verbose_name = verbose_name_plural = "待编号变更"

    def __str__(self) -> str:
        return f"变更{self.pk}待编号"


class ChangeNumberQuerySet(ScopedQuerySet["ChangeNumber"]):
    def spans_after(self, number: int) -> models.QuerySet[ChangeNumber, tuple[int, int, int]]:
        """Change, first and last number of what was numbered past `number`, in order."""
        return (
            self.filter(last_number__gt=number)
            .order_by("last_number")
            .values_list("change_id", "first_number", "last_number")
        )

    def highest(self) -> int:
        """The highest number given so far, 0 for an empty log."""
        number: int | None = self.aggregate(number=models.Max("last_number"))["number"]
        return number or 0


class ChangeNumber(models.Model):
    """The numbers given to one change's entries: a side table, so the log is never updated."""

    change = models.OneToOneField(
        Change,
        verbose_name="变更",
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="numbering",
        db_constraint=False,
    )
    first_number = models.BigIntegerField("首号", unique=True)
    last_number = models.BigIntegerField("末号", unique=True)

    objects = ChangeNumberQuerySet.as_manager()

    row_scope: ClassVar[RowScope] = Nobody()
    field_classes: ClassVar[dict[str, FieldClass]] = classify(
        internal=("change", "first_number", "last_number")
    )

    class Meta:
        verbose_name = verbose_name_plural = "变更编号"
        constraints = (
            models.CheckConstraint(
                condition=Q(first_number__gte=1, last_number__gte=F("first_number")),
                name="change_number_range",
                violation_error_message="变更编号从1起，末号不小于首号。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.first_number}—{self.last_number}"
