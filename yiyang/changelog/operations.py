"""The migration operation that puts a model's table under the change log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

CREATE_TRIGGERS = """
CREATE TRIGGER yiyang_log_insert AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION yiyang_log_change({arguments});
CREATE TRIGGER yiyang_log_update AFTER UPDATE ON {table}
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION yiyang_log_change({arguments});
CREATE TRIGGER yiyang_log_delete AFTER DELETE ON {table}
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION yiyang_log_change({arguments});
CREATE TRIGGER yiyang_keep_key BEFORE UPDATE OF {key} ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION yiyang_refuse_key_change()
"""
DROP_TRIGGERS = """
DROP TRIGGER yiyang_log_insert ON {table};
DROP TRIGGER yiyang_log_update ON {table};
DROP TRIGGER yiyang_log_delete ON {table};
DROP TRIGGER yiyang_keep_key ON {table}
"""
INTEGER_KEYS = (models.AutoField, models.IntegerField, models.ForeignKey)


class TrackChanges(Operation):
    """Log every later change of the model; the values of `exclude` never reach the log.

    The migration needs a dependency on ("yiyang", "0002_changelog_functions"). A renamed column
    that was excluded needs the operation anew: reverse it, rename, track again.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(self, model_name: str, exclude: Sequence[str] = ()) -> None:
        self.model_name = model_name
        self.exclude = tuple(exclude)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__qualname__, [self.model_name], {"exclude": self.exclude}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Triggers are no part of the models' state."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        self._execute(schema_editor, model, CREATE_TRIGGERS)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        model = from_state.apps.get_model(app_label, self.model_name)
        self._execute(schema_editor, model, DROP_TRIGGERS)

    def describe(self) -> str:
        return f"Track changes of {self.model_name}"

    @property
    def migration_name_fragment(self) -> str:
        return f"track_{self.model_name.lower()}"

    def _execute(
        self,
        schema_editor: BaseDatabaseSchemaEditor,
        model: type[models.Model],
        statements: str,
    ) -> None:
        names = {
            "table": schema_editor.quote_name(model._meta.db_table),
            "key": schema_editor.quote_name(_key_column(model)),
            "arguments": ", ".join(f"'{name}'" for name in self._arguments(model)),
        }
        schema_editor.execute(statements.format(**names), params=None)

    def _arguments(self, model: type[models.Model]) -> list[str]:
        columns = {field.name: field.column for field in model._meta.concrete_fields}
        return [_key_column(model), *(columns[name] for name in self.exclude)]


def _key_column(model: type[models.Model]) -> str:
    key = model._meta.pk
    if not isinstance(key, INTEGER_KEYS):
        raise TypeError(f"{model._meta.label}的主键不是整数，变更日志记不下。")
    return str(key.column)
