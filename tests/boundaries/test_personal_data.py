"""Every field of every model says what it knows about a person, in the reviewed table personal_data.csv.

    none     nothing about a natural person
    account  people who work with the portal: names, numbers, what they did
    pupil    a pupil, by pseudonym only: marks, points, which class
    name     a pupil's name or number: sealed, or a keyed digest
    secret   what opens a door: hashes only
    text     free text; pages ask for no names there

    RECORD=1 .venv/bin/pytest tests/boundaries/test_personal_data.py -p no:xdist

adds new fields by a guess and drops stale ones; read each line before you commit it.
"""

import ast
import csv
import os
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from partnerships.models import StudentIdentity
from portal.celery import app
from tests.boundaries.source import OURS, modules

TABLE = Path(__file__).with_name("personal_data.csv")
CLASSES = ("none", "account", "pupil", "name", "secret", "text")
APPEND_ONLY = (
    "people.AuditEvent",
    "people.Event",
    "people.ThresholdValue",
    "credits.Posting",
    "credits.Entry",
    "partnerships.IdentityLook",
)


def fields() -> dict[str, models.Field]:
    return {
        f"{model._meta.label}.{field.name}": field
        for model in apps.get_models()
        if model._meta.app_label in OURS
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]
    }


def classified() -> dict[str, str]:
    if not TABLE.exists():
        return {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row["field"]: row["class"] for row in csv.DictReader(file)}


def guess(field: models.Field) -> str:
    target = getattr(getattr(field, "related_model", None), "__name__", "")
    if target in ("User", "Membership"):
        return "account"
    if target in ("Student", "Enrolment", "Account", "RollEntry", "Entry"):
        return "pupil"
    free = isinstance(field, models.TextField) or (isinstance(field, models.CharField) and not field.choices)
    return "text" if free else "none"


def test_every_field_is_classified():
    there = classified()
    if os.environ.get("RECORD"):
        there = {name: there.get(name) or guess(field) for name, field in sorted(fields().items())}
        with TABLE.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([("field", "class"), *there.items()])
    assert sorted(fields().keys() - there.keys()) == []
    assert sorted(there.keys() - fields().keys()) == []
    assert set(there.values()) <= set(CLASSES)


def test_names_of_pupils_are_nowhere_in_clear():
    known = fields()
    named = {name for name, kind in classified().items() if kind == "name"}
    assert named
    assert [name for name in named if not isinstance(known[name], models.BinaryField)] == []


def test_append_only_rows_hold_no_name():
    """Such rows are never rewritten, so a name in them could never be taken back."""
    wrong = [name for name, kind in classified().items() if kind == "name" and name.rsplit(".", 1)[0] in APPEND_ONLY]
    assert wrong == []


def test_secrets_are_kept_as_hashes():
    known = fields()
    secret = {name for name, kind in classified().items() if kind == "secret"}
    assert {"people.User.password", "people.Invitation.token_digest"} <= secret
    assert [
        name for name in secret if "digest" not in name and not name.endswith((".password", ".client_secret"))
    ] == []
    assert all(name in known for name in secret)


@pytest.mark.django_db
def test_a_pupil_s_row_never_prints_the_name():
    identity = StudentIdentity()
    identity.set_name("郑示例")
    identity.set_number("20260042")
    for shown in (str(identity), repr(identity), str(vars(identity))):
        assert "郑示例" not in shown
        assert "20260042" not in shown


def test_tasks_take_keys_or_nothing():
    ours = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}
    wrong = [
        f"{name}({argument})"
        for name, task in ours.items()
        for argument in task.run.__code__.co_varnames[: task.run.__code__.co_argcount]
        if argument != "self" and not argument.endswith(("_id", "_ids", "pk", "pks"))
    ]
    assert wrong == []


def test_cache_keys_and_logs_are_built_without_names():
    """What could carry a name is not written down: `.name`, `.full_name` and `mobile` in a log line or a cache key."""
    personal = {"name", "full_name", "mobile", "number", "phone"}
    wrong = [
        f"{module}:{call.lineno} {ast.unparse(call)[:90]}"
        for module, _path, tree in modules()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id in ("log", "logger", "logging", "cache")
        for part in [*call.args, *(keyword.value for keyword in call.keywords)]
        for node in ast.walk(part)
        if isinstance(node, ast.Attribute) and node.attr in personal
    ]
    assert wrong == []
