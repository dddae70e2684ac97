"""What the ledger refuses whoever asks: the application, a shell, or a person with psql."""

from django.db import migrations
from django.db.migrations import RunSQL

from portal.lib.guards import append_only

# Rows of `fresh` are the ones that one INSERT brought. Predecessor and original may be among them or older.
ENTRIES_ADD_UP = RunSQL(
    """
    CREATE FUNCTION credits_entries_add_up() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF EXISTS (
            SELECT FROM fresh e LEFT JOIN credits_entry p ON p.account_id = e.account_id AND p.n = e.n - 1
             WHERE e.balance IS DISTINCT FROM e.points + CASE WHEN e.n = 1 THEN 0 ELSE p.balance END
        ) THEN
            RAISE EXCEPTION 'balance is not that of the predecessor plus points'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_entry_adds_up';
        END IF;
        IF EXISTS (
            SELECT FROM fresh e LEFT JOIN credits_entry o ON o.id = e.reverses_id
             WHERE e.reverses_id IS NOT NULL
               AND (o.id IS NULL OR o.reverses_id IS NOT NULL OR e.points <> -o.points
                    OR (e.account_id, e.roll_entry_id, e.nth, e.rule_id, e.school_id, e.district_id, e.grade,
                        e.concerns_term_id, e.inputs -> 'programme', e.inputs -> 'venue')
                       IS DISTINCT FROM
                       (o.account_id, o.roll_entry_id, o.nth, o.rule_id, o.school_id, o.district_id, o.grade,
                        o.concerns_term_id, o.inputs -> 'programme', o.inputs -> 'venue'))
        ) THEN
            RAISE EXCEPTION 'a reversal is the exact negative of one award'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_entry_exact_reversal';
        END IF;
        IF EXISTS (
            SELECT FROM fresh e
             WHERE e.reverses_id IS NULL AND e.nth > 1 AND NOT EXISTS (
                SELECT FROM credits_entry r
                 WHERE r.roll_entry_id = e.roll_entry_id AND r.nth = e.nth - 1 AND r.reverses_id IS NOT NULL)
        ) THEN
            RAISE EXCEPTION 'the award before this one still stands'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_entry_one_standing';
        END IF;
        IF EXISTS (SELECT FROM fresh e JOIN credits_posting p ON p.id = e.posting_id) THEN
            RAISE EXCEPTION 'this posting is closed: its hash is written'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_entry_posting_open';
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER credits_entries_add_up AFTER INSERT ON credits_entry
        REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION credits_entries_add_up()
    """,
    "DROP TRIGGER credits_entries_add_up ON credits_entry; DROP FUNCTION credits_entries_add_up()",
)

# An account may only be what its last entry says, and must be so when the transaction ends.
ACCOUNT_FOLLOWS = RunSQL(
    """
    CREATE FUNCTION credits_account_follows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' AND (NEW.n, NEW.balance) <> (0, 0)
           OR TG_OP = 'UPDATE' AND (NEW.student_id <> OLD.student_id OR NOT EXISTS (
                SELECT FROM credits_entry e
                 WHERE e.account_id = NEW.student_id AND e.n = NEW.n AND e.balance = NEW.balance))
        THEN
            RAISE EXCEPTION 'an account changes only together with its entries'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_account_follows';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER credits_account_follows BEFORE INSERT OR UPDATE ON credits_account
        FOR EACH ROW EXECUTE FUNCTION credits_account_follows();

    CREATE FUNCTION credits_account_keeps_up() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (SELECT FROM credits_account a WHERE a.student_id = NEW.account_id AND a.n >= NEW.n) THEN
            RAISE EXCEPTION 'the account was not brought up to its entries'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_account_keeps_up';
        END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER credits_account_keeps_up AFTER INSERT ON credits_entry
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION credits_account_keeps_up()
    """,
    """
    DROP TRIGGER credits_account_keeps_up ON credits_entry; DROP FUNCTION credits_account_keeps_up();
    DROP TRIGGER credits_account_follows ON credits_account; DROP FUNCTION credits_account_follows()
    """,
)

# A posting follows the head of its chain, hashes what it says, and holds the entries of its own term and district.
POSTING_CHAIN = RunSQL(
    """
    CREATE FUNCTION credits_posting_links() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        c credits_chain%ROWTYPE;
    BEGIN
        SELECT * INTO c FROM credits_chain WHERE id = NEW.chain_id;
        IF c.sealed_at IS NOT NULL THEN
            RAISE EXCEPTION 'this term is sealed' USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_chain_sealed';
        END IF;
        IF NEW.seq <> c.seq + 1 OR NEW.prev <> c.head OR NEW.algorithm <> 'sha256/1'
           OR NEW.hash <> sha256(NEW.prev || int8send(NEW.seq) || NEW.body)
        THEN
            RAISE EXCEPTION 'this posting does not follow the head of its chain'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_posting_links';
        END IF;
        IF NOT EXISTS (SELECT FROM credits_entry WHERE posting_id = NEW.id) OR EXISTS (
            SELECT FROM credits_entry e WHERE e.posting_id = NEW.id
               AND (e.term_id <> c.term_id OR e.district_id <> c.district_id))
        THEN
            RAISE EXCEPTION 'a posting holds entries, all of its own term and district'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_posting_holds_its_entries';
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER credits_posting_links AFTER INSERT ON credits_posting
        FOR EACH ROW EXECUTE FUNCTION credits_posting_links();

    CREATE FUNCTION credits_chain_follows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' AND (NEW.seq <> 0 OR NEW.head <> decode(repeat('00', 32), 'hex'))
           OR TG_OP = 'DELETE' AND OLD.seq > 0
           OR TG_OP = 'UPDATE' AND (NEW.id, NEW.district_id, NEW.term_id) <> (OLD.id, OLD.district_id, OLD.term_id)
           OR TG_OP = 'UPDATE' AND (NEW.seq, NEW.head) <> (OLD.seq, OLD.head) AND NOT EXISTS (
                SELECT FROM credits_posting p WHERE p.chain_id = NEW.id AND p.seq = NEW.seq AND p.hash = NEW.head)
        THEN
            RAISE EXCEPTION 'the head of a chain changes only together with its postings'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_chain_follows';
        END IF;
        IF TG_OP <> 'INSERT' AND OLD.sealed_at IS NOT NULL THEN
            RAISE EXCEPTION 'this term is sealed' USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_chain_sealed';
        END IF;
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END $$;
    CREATE TRIGGER credits_chain_follows BEFORE INSERT OR UPDATE OR DELETE ON credits_chain
        FOR EACH ROW EXECUTE FUNCTION credits_chain_follows();

    CREATE FUNCTION credits_chain_keeps_up() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (SELECT FROM credits_chain c WHERE c.id = NEW.chain_id AND c.seq >= NEW.seq) THEN
            RAISE EXCEPTION 'the chain was not brought up to its postings'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_chain_keeps_up';
        END IF;
        RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER credits_chain_keeps_up AFTER INSERT ON credits_posting
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION credits_chain_keeps_up()
    """,
    """
    DROP TRIGGER credits_chain_keeps_up ON credits_posting; DROP FUNCTION credits_chain_keeps_up();
    DROP TRIGGER credits_chain_follows ON credits_chain; DROP FUNCTION credits_chain_follows();
    DROP TRIGGER credits_posting_links ON credits_posting; DROP FUNCTION credits_posting_links()
    """,
)

RULE_PUBLISHED = RunSQL(
    """
    CREATE FUNCTION credits_rule_published() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.state = 'published' THEN
            RAISE EXCEPTION 'a published rule is never changed'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'credits_rule_published';
        END IF;
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END $$;
    CREATE TRIGGER credits_rule_published BEFORE UPDATE OR DELETE ON credits_creditrule
        FOR EACH ROW EXECUTE FUNCTION credits_rule_published()
    """,
    "DROP TRIGGER credits_rule_published ON credits_creditrule; DROP FUNCTION credits_rule_published()",
)


class Migration(migrations.Migration):
    dependencies = [("credits", "0001_initial"), ("people", "0002_guards")]
    operations = [
        append_only("credits_entry"),
        append_only("credits_posting"),
        ENTRIES_ADD_UP,
        ACCOUNT_FOLLOWS,
        POSTING_CHAIN,
        RULE_PUBLISHED,
    ]
