"""What the database itself holds to about quarterly returns: steps, freezing, the change log."""

from django.db import migrations

from yiyang.changelog.operations import TrackChanges

# 状态只能沿表走；锁定的只能发布，发布的不再改动。
STEPS = """
CREATE FUNCTION targets_refuse_return_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'PUBLISHED' THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            CONSTRAINT = 'targets_return_published_is_final',
            MESSAGE = '季度监测表已发布，不再改动；有误请提更正说明。';
    END IF;
    IF OLD.state = NEW.state AND OLD.state <> 'LOCKED' THEN
        RETURN NEW;
    END IF;
    IF (OLD.state, NEW.state) IN (('FILLING', 'SUBMITTED'), ('RETURNED', 'SUBMITTED'),
                                  ('SUBMITTED', 'RETURNED'))
        OR (OLD.level <> 'CITY' AND (OLD.state, NEW.state) IN (('SUBMITTED', 'REVIEWED'),
                                    ('REVIEWED', 'RETURNED'), ('REVIEWED', 'LOCKED')))
        OR (OLD.level = 'CITY' AND (OLD.state, NEW.state) IN (('SUBMITTED', 'LOCKED'),
                                   ('LOCKED', 'PUBLISHED'))) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'check_violation',
        CONSTRAINT = 'targets_return_takes_a_step',
        MESSAGE = '季度监测表不能这样改变状态；请刷新页面查看现在的状态。';
END
$$;
CREATE TRIGGER targets_return_takes_a_step BEFORE UPDATE ON targets_quarterlyreturn
FOR EACH ROW EXECUTE FUNCTION targets_refuse_return_step()
"""
# 报出之后、或全市已锁定，数就不能再改。
VALUES = """
CREATE FUNCTION targets_refuse_closed_value() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM targets_quarterlyreturn own
    WHERE own.id = NEW.quarterly_return_id AND own.state IN ('FILLING', 'RETURNED')
        AND NOT EXISTS (
            SELECT 1 FROM targets_quarterlyreturn city
            WHERE city.period_id = own.period_id AND city.level = 'CITY'
                AND city.state IN ('LOCKED', 'PUBLISHED'));
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            CONSTRAINT = 'targets_returnvalue_while_filling',
            MESSAGE = '季度监测表已报出或已锁定，数不能再改；请先由审核人退回，或提更正说明。';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER targets_returnvalue_while_filling BEFORE INSERT OR UPDATE ON targets_returnvalue
FOR EACH ROW EXECUTE FUNCTION targets_refuse_closed_value()
"""
FORMS = """
CREATE FUNCTION targets_refuse_used_form() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'valid_until' IS DISTINCT FROM to_jsonb(OLD) - 'valid_until' THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            CONSTRAINT = 'targets_returnform_used_is_final',
            MESSAGE = '表式已启用，不再改动；请另立新版。';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER targets_returnform_used_is_final BEFORE UPDATE ON targets_returnform
FOR EACH ROW WHEN (OLD.state = 'USED') EXECUTE FUNCTION targets_refuse_used_form();
CREATE FUNCTION targets_refuse_used_form_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    form bigint := CASE WHEN TG_OP = 'DELETE' THEN OLD.form_id ELSE NEW.form_id END;
BEGIN
    PERFORM 1 FROM targets_returnform WHERE id = form AND state = 'DRAFT';
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            CONSTRAINT = 'targets_returnform_used_parts_are_final',
            MESSAGE = '表式已启用，项目与审核关系不再改动；请另立新版。';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER targets_returnform_used_parts_are_final
BEFORE INSERT OR UPDATE OR DELETE ON targets_returnitem
FOR EACH ROW EXECUTE FUNCTION targets_refuse_used_form_part();
CREATE TRIGGER targets_returnform_used_parts_are_final
BEFORE INSERT OR UPDATE OR DELETE ON targets_returncheck
FOR EACH ROW EXECUTE FUNCTION targets_refuse_used_form_part()
"""
CORRECTIONS = """
CREATE TRIGGER targets_returncorrection_decision_is_final BEFORE UPDATE OR DELETE
ON targets_returncorrection FOR EACH ROW WHEN (OLD.state <> 'PENDING')
EXECUTE FUNCTION targets_refuse_redeciding()
"""
TRACKED = (
    *("ReturnForm", "ReturnItem", "ReturnCheck", "ReturnPeriod", "QuarterlyReturn"),
    *("ReturnValue", "ReturnCorrection"),
)


def drop(function: str) -> str:
    return f"DROP FUNCTION {function}() CASCADE"


class Migration(migrations.Migration):
    dependencies = [
        ("targets", "0017_quarterly_returns"),
    ]

    operations = [
        migrations.RunSQL(STEPS, drop("targets_refuse_return_step")),
        migrations.RunSQL(VALUES, drop("targets_refuse_closed_value")),
        migrations.RunSQL(
            FORMS,
            f"{drop('targets_refuse_used_form')}; {drop('targets_refuse_used_form_part')}",
        ),
        migrations.RunSQL(
            CORRECTIONS,
            "DROP TRIGGER targets_returncorrection_decision_is_final ON targets_returncorrection",
        ),
        *(TrackChanges(model) for model in TRACKED),
    ]
