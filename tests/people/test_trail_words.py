"""操作记录: the trail speaks the reader's language; every verb that the code writes has its word."""

import ast

import pytest
from django.apps import apps

from people import audit
from people.actors import SYSTEM
from people.models import AuditEvent
from people.roles import Role
from portal.lib import clock
from tests.boundaries.source import modules
from tests.factories.people import hat, login, organisation

MOVES = {f"{model._meta.model_name}.{move}" for model in apps.get_models() for move in getattr(model, "MOVES", {})}


def written() -> set[str]:
    """Verbs that stand as text in a call of `record`, and the moves."""
    found = {
        constant.value
        for _name, _path, tree in modules()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) == "record"
        for constant in (ast.walk(call.args[0]) if call.args else ())
        if isinstance(constant, ast.Constant) and isinstance(constant.value, str) and "." in constant.value.strip(".")
    }
    return found | MOVES | {"agreement_template.write", "agreement_template.put_aside"}


def test_every_verb_has_a_word():
    """A new verb gets its word in the acts.py of its app."""
    assert sorted(verb for verb in written() if audit.act(verb) == verb) == []


def test_no_word_is_left_of_a_verb_that_has_gone():
    assert sorted(set(audit.ACTS) - written()) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "word", "states"),
    [("zh-hans", "同意特批", ("待特批", "已特批")), ("en", "Grant", ("Asked for", "Granted"))],
)
def test_the_trail_reads_and_is_searched_in_the_readers_language(client, language, word, states):
    reader = hat(Role.AUDIT_READER)
    reader.user.language = language
    reader.user.save()
    now = clock.now()
    AuditEvent.objects.create(
        at=now, actor_label="x", actor_ref="system", verb="exemption.grant", subject_type="activities.exemption",
        subject_id="1", subject_label="x", was="asked", is_now="granted",
    )  # fmt: skip
    audit.record("school.change", organisation("school"), by=SYSTEM, is_now="2/0")
    login(client, reader)
    whole = client.get("/audit/")
    assert [line[2:] for line in whole.context["lines"]] == [("", "2/0"), states]
    for asked in (word, "exemption.g"):
        page = client.get("/audit/", {"act": asked})
        assert [line[1] for line in page.context["lines"]] == [word]
    assert f">{word}<" in page.content.decode()
