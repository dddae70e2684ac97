from django.db import migrations

# Points are posted to the term of their day, and caps are counted by it: dates of a term with postings may grow,
# and move only as far as no posted day falls out.
TERM_DATES = migrations.RunSQL(
    """
    CREATE FUNCTION keep_posted_days() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (SELECT FROM credits_entry WHERE concerns_term_id = NEW.id
                   AND NOT ((inputs ->> 'day')::date >= NEW.starts_on AND (inputs ->> 'day')::date < NEW.ends_on)) THEN
            RAISE EXCEPTION 'posted days would fall out of term %', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'term_keeps_posted_days';
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER term_keeps_posted_days AFTER UPDATE OF starts_on, ends_on ON partnerships_term
        FOR EACH ROW EXECUTE FUNCTION keep_posted_days()
    """,
    "DROP TRIGGER term_keeps_posted_days ON partnerships_term; DROP FUNCTION keep_posted_days()",
)


class Migration(migrations.Migration):
    dependencies = [("credits", "0003_moves")]
    operations = [TERM_DATES]
