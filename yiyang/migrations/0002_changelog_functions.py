"""The database's side of the change log: trigger functions and the sequencer.

What the app role may do with the tables is granted by `grant_app_role`, as for all tables.
"""

from django.db import migrations

# SECURITY DEFINER lets the app role leave a log it cannot write; the pinned search_path (pg_temp
# last) keeps a caller from slipping its own tables under the names used. Dates inside ranges
# are printed by DateStyle, so that is pinned too, or the same row would log two ways.
#
# The statements are built with EXECUTE: a cached plan made for one row would join old and new
# rows by nested loop for ever after, and a 77,000-row update would never end.
LOG_CHANGE = """
CREATE FUNCTION yiyang_log_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET datestyle = 'ISO, YMD' SET timezone = 'UTC'
AS $body$
DECLARE
    this_change bigint := nextval('yiyang_change_id_seq');
    hidden text[] := TG_ARGV[1:];
    entries text;
    changed integer;
BEGIN
    entries := CASE TG_OP
        WHEN 'INSERT' THEN
            'SELECT $1, row_number() OVER (), new_row.%1$I, NULL, to_jsonb(new_row) - $2
             FROM new_rows new_row'
        WHEN 'DELETE' THEN
            'SELECT $1, row_number() OVER (), old_row.%1$I, to_jsonb(old_row) - $2, NULL
             FROM old_rows old_row'
        ELSE
            'SELECT $1, row_number() OVER (), old_row.%1$I,
                    to_jsonb(old_row) - $2, to_jsonb(new_row) - $2
             FROM old_rows old_row JOIN new_rows new_row ON new_row.%1$I = old_row.%1$I
             WHERE old_row IS DISTINCT FROM new_row'
    END;
    EXECUTE 'INSERT INTO yiyang_changeentry (change_id, ordinal, row_id, before, after) '
        || format(entries, TG_ARGV[0]) USING this_change, hidden;
    GET DIAGNOSTICS changed = ROW_COUNT;
    IF changed > 0 THEN
        INSERT INTO yiyang_change
            (id, at, table_name, operation, row_count, actor_id, batch, reason)
        VALUES (
            this_change, clock_timestamp(), TG_TABLE_NAME, TG_OP, changed,
            nullif(current_setting('yiyang.actor', true), '')::bigint,
            coalesce(current_setting('yiyang.batch', true), ''),
            coalesce(current_setting('yiyang.reason', true), '')
        );
        INSERT INTO yiyang_changepending (change_id) VALUES (this_change);
    END IF;
    RETURN NULL;
END
$body$
"""

# The log pairs old and new rows by key; a key that moves would join two records into one history.
REFUSE_KEY_CHANGE = """
CREATE FUNCTION yiyang_refuse_key_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $body$
BEGIN
    RAISE EXCEPTION '登记表%的主键不可修改：请作废原记录，另行新增。', TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END
$body$
"""

REFUSE_LOG_CHANGE = """
CREATE FUNCTION yiyang_refuse_log_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp
AS $body$
BEGIN
    RAISE EXCEPTION '变更日志%只增不改：更正请改登记本身。', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$body$
"""

# 715001 is yiyang.changelog.sequencer.SEQUENCER_KEY. Two unlocked callers would only meet a
# unique violation, but half an hour later and far from the cause; so the lock is checked here.
NUMBER_CHANGES = """
CREATE FUNCTION yiyang_number_changes() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
AS $body$
DECLARE
    highest bigint;
BEGIN
    IF NOT EXISTS (
        SELECT FROM pg_locks
        WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted
          AND classid = 0 AND objid = 715001 AND objsubid = 1
    ) THEN
        RAISE EXCEPTION '编号前须先取得编号锁：请经 sequencer_lock() 调用。'
            USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    SELECT coalesce(max(last_number), 0) INTO highest FROM yiyang_changenumber;
    WITH taken AS (
        DELETE FROM yiyang_changepending RETURNING change_id
    ), counted AS (
        SELECT taken.change_id, change.row_count,
               sum(change.row_count) OVER (ORDER BY taken.change_id) AS up_to
        FROM taken JOIN yiyang_change change ON change.id = taken.change_id
    )
    INSERT INTO yiyang_changenumber (change_id, first_number, last_number)
    SELECT change_id, highest + up_to - row_count + 1, highest + up_to FROM counted;
    SELECT coalesce(max(last_number), 0) INTO highest FROM yiyang_changenumber;
    RETURN highest;
END
$body$
"""

# Whoever may EXECUTE a trigger function may hang it on a temporary table named like a register
# and forge entries; so only the owner may.
OWNER_ONLY = """
REVOKE ALL ON FUNCTION
    yiyang_log_change(), yiyang_refuse_key_change(), yiyang_refuse_log_change()
FROM PUBLIC
"""

# Against the owner's own slips; the app role is not granted any such right.
GUARDS = [
    f"CREATE TRIGGER yiyang_append_only BEFORE UPDATE{deletion} ON {table}"
    " FOR EACH STATEMENT EXECUTE FUNCTION yiyang_refuse_log_change()"
    for table, deletion in (
        ("yiyang_change", " OR DELETE"),
        ("yiyang_changeentry", " OR DELETE"),
        ("yiyang_changenumber", " OR DELETE"),
        ("yiyang_changepending", ""),
    )
]


class Migration(migrations.Migration):
    dependencies = [("yiyang", "0001_initial")]

    operations = [
        migrations.RunSQL(LOG_CHANGE, "DROP FUNCTION yiyang_log_change()"),
        migrations.RunSQL(REFUSE_KEY_CHANGE, "DROP FUNCTION yiyang_refuse_key_change()"),
        migrations.RunSQL(REFUSE_LOG_CHANGE, "DROP FUNCTION yiyang_refuse_log_change() CASCADE"),
        migrations.RunSQL(NUMBER_CHANGES, "DROP FUNCTION yiyang_number_changes()"),
        migrations.RunSQL(OWNER_ONLY, migrations.RunSQL.noop),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]
