"""Marks in every text of the world, so that a page that shows a row shows whose it is."""

import itertools
import json
import re
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models

from partnerships.models import StudentIdentity
from tests.world import World

# fields whose words the portal reads itself: codes, kinds, keys, addresses of pages
STRUCTURAL = {
    "activities.Programme.category", "activities.Series.rule", "credits.CreditRule.code", "credits.Posting.algorithm",
    "partnerships.AgreementVersion.sha256", "partnerships.Scan.sha256", "people.AuditEvent.actor_ref",
    "people.AuditEvent.is_now", "people.AuditEvent.subject_id", "people.AuditEvent.subject_type",
    "people.AuditEvent.verb", "people.AuditEvent.was", "people.District.time_zone", "people.Notice.due_slot",
    "people.Notice.kind", "people.Notice.path", "people.Notice.subject", "people.ThresholdValue.code",
    "people.Upload.kind", "people.User.language", "people.User.password", "activities.Booking.grades",
    "partnerships.IdentityLook.actor_ref", "activities.Booking.phone", "partnerships.Venue.opening_hours",
    "people.User.mobile",
}  # fmt: skip
MARK = re.compile(r"§(\w\d?)\.(\d+)§")
SHORTEST = 9  # characters that a mark needs
NUMBER = re.compile(r"(?<!\d)1\d{10}(?!\d)")  # a mobile number takes no mark: it is one
PHONE = "activities.Counselor.person.mobile"


@dataclass(frozen=True)
class Canary:
    cell: str
    field: str


class Cage:
    """All marks by number."""

    def __init__(self, world: World):
        self.known: dict[int, Canary] = {}
        self.phones = {
            counselor.person.mobile: Canary(cell, PHONE)
            for cell, things in world.things.items()
            for counselor in things["counselor"]
        }
        self.numbers = itertools.count(1)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET LOCAL session_replication_role = replica")  # append-only rows are marked too
        for cell, tables in world.rows.items():
            for label, keys in tables.items():
                model = apps.get_model(label)
                for key in sorted(keys, key=str):
                    self.mark_row(cell, model, key)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = origin")

    def mark(self, cell: str, field: str) -> str:
        number = next(self.numbers)
        self.known[number] = Canary(cell, field)
        return f"§{cell}.{number}§"

    def mark_row(self, cell: str, model, key) -> None:
        name = model._meta.label
        if model is StudentIdentity:
            identity = model.objects.get(pk=key)
            identity.set_name(self.mark(cell, f"{name}.name"))
            identity.set_number(self.mark(cell, f"{name}.number"))
            identity.save()
            return
        row = model._base_manager.filter(pk=key).values().get()
        changes = {}
        for field in model._meta.local_fields:
            value = row.get(field.attname)
            if is_free(field, f"{name}.{field.name}") and value:
                changes[field.name] = self.mark(cell, f"{name}.{field.name}")
            elif isinstance(field, models.JSONField) and field.name == "facts" and isinstance(value, dict):
                changes[field.name] = {
                    word: self.mark(cell, f"{name}.facts") if is_words(said) else said for word, said in value.items()
                }
        if changes:
            model._base_manager.filter(pk=key).update(**changes)

    def seen_in(self, text: str) -> set[Canary]:
        marks = {self.known[int(number)] for _cell, number in MARK.findall(text)}
        return marks | {self.phones[number] for number in NUMBER.findall(text) if number in self.phones}


def is_free(field: models.Field, name: str) -> bool:
    """A column of words that people typed, long enough for a mark."""
    words = isinstance(field, models.TextField | models.CharField) and not field.choices
    return words and name not in STRUCTURAL and (field.max_length is None or field.max_length >= SHORTEST)


def is_words(said) -> bool:
    """A fact that names something; numbers, days and lists of keys stay what they are."""
    return isinstance(said, str) and bool(re.search(r"[\u3400-\u9fff]|example", said))


def as_text(response) -> str:
    """Everything that an answer shows: a page, a file of commas, the cells of a sheet."""
    kind = response.headers.get("Content-Type", "")
    if "spreadsheet" in kind:
        return sheet_text(response)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode("utf-8", errors="replace") if "text" in kind or "json" in kind else json.dumps(str(body[:0]))


def sheet_text(response) -> str:
    import io

    import openpyxl

    body = b"".join(response.streaming_content) if response.streaming else response.content
    book = openpyxl.load_workbook(io.BytesIO(body))
    return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
