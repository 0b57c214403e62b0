"""One sign-up and one residence per person at a time, and the change log on every register."""

from django.db import migrations

from yiyang.changelog.operations import TrackChanges

TRACKED = (
    "PartnershipAgreement",
    "DoctorTeam",
    "TeamArea",
    "PersonResidence",
    "KeyGroupMembership",
    "FamilyDoctorSignup",
    "SignupService",
    "SignupAggregate",
    "HealthManagement",
    "HomeSickbed",
)

# 按语句检查被触及的人，而不是排他约束：GiST 使批量装载慢 35 倍。
# 先锁人再看：两笔并发的写入，后到的等前一笔提交后才检查，谁也看不漏谁。
FUNCTION = """
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- 用数组走索引：装载中途统计信息过时，与 new_rows 连接可能被排成十几亿次嵌套循环。
    touched bigint[] := ARRAY(SELECT DISTINCT person_id FROM new_rows);
BEGIN
    PERFORM 1 FROM contracts_person
    WHERE id = ANY(touched) ORDER BY id FOR NO KEY UPDATE;
    PERFORM 1 FROM (
        SELECT starts_on, max(last_day) OVER (
            PARTITION BY person_id ORDER BY starts_on, id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS earlier_last_day
        FROM (
            SELECT id, person_id, starts_on, {last_day} AS last_day
            FROM {table}
            WHERE voided_at IS NULL AND person_id = ANY(touched)
        ) spans
        WHERE last_day >= starts_on
    ) ordered
    WHERE earlier_last_day >= starts_on;
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'exclusion_violation',
            CONSTRAINT = '{constraint}', MESSAGE = '{message}';
    END IF;
    RETURN NULL;
END
$$
"""
TRIGGERS = """
CREATE TRIGGER {name}_insert AFTER INSERT ON {table}
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION {name}();
CREATE TRIGGER {name}_update AFTER UPDATE ON {table}
REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION {name}()
"""
DROP = "DROP FUNCTION {name}() CASCADE"

SIGNUPS = {
    "name": "contracts_refuse_double_signup",
    "table": "contracts_familydoctorsignup",
    "last_day": (
        "LEAST(CASE WHEN auto_renews THEN 'infinity'::date ELSE expires_on END, terminated_on - 1)"
    ),
    "constraint": "contracts_signup_one_team",
    "message": "同一人同一时间只能与一个家庭医生团队签约，请先解约或把起始日期移到原签约之后。",
}
RESIDENCES = {
    "name": "contracts_refuse_double_residence",
    "table": "contracts_personresidence",
    "last_day": "COALESCE(ends_on, 'infinity'::date)",
    "constraint": "contracts_residence_one_a_day",
    "message": "同一人同一天只能有一条居住记录，请先截止原记录。",
}


def _rule(rule: dict[str, str]) -> list[migrations.RunSQL]:
    return [
        migrations.RunSQL(FUNCTION.format(**rule), DROP.format(**rule)),
        migrations.RunSQL(TRIGGERS.format(**rule), migrations.RunSQL.noop),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0001_initial"),
        ("yiyang", "0002_changelog_functions"),
    ]

    operations = [
        *_rule(SIGNUPS),
        *_rule(RESIDENCES),
        *(TrackChanges(model) for model in TRACKED),
        # 检索用的散列不进日志：到期销毁时，日志里不能留下可比对的痕迹。
        TrackChanges("Person", exclude=("name_digest", "id_digest")),
    ]
