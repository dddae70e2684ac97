"""The life of an upload: sealed on arrival, looked at for half an hour, written once, forgotten."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from people import audit, notices
from people.access import require
from people.actors import Actor
from people.models import Organisation, Upload
from people.roles import Permission, Role
from people.workflow import CHANGED, verb
from portal.lib import clock
from portal.lib.errors import Refused
from portal.lib.spreadsheets.identity import looks_like_identity
from portal.lib.spreadsheets.reading import read
from portal.lib.spreadsheets.sentences import refusal
from portal.lib.spreadsheets.sheets import Book, Unreadable
from portal.models import ImportRun

Kind = ImportRun.Kind
PERMISSIONS = {
    Kind.ROSTER: Permission.ROSTER_IMPORT,
    Kind.GROUPS: Permission.ROSTER_IMPORT,
    Kind.VENUES: Permission.LIST_IMPORT,
    Kind.SCHOOLS: Permission.LIST_IMPORT,
    Kind.CLUBS: Permission.LIST_IMPORT,
    Kind.WHITELIST: Permission.COMPETITION_EDIT,
    Kind.RESULTS: Permission.RESULT_ENTER,
    Kind.BOOKINGS: Permission.BOOKING_REQUEST,
    Kind.SESSIONS: Permission.SESSION_EDIT,
}
PREVIEW = dt.timedelta(minutes=30)
# a braked import waits for the school's lead, a part of a district's list for the school
BRAKED = dt.timedelta(days=1)
PART = dt.timedelta(days=7)
REMEMBERED_RUNS = 20


def opened(data: bytes, file_name: str = "") -> Book:
    """The sheets of a file; Refused with a sentence where it can't be read. Outside of any transaction."""
    try:
        return read(data, file_name)
    except Unreadable as error:
        raise refusal(error) from None


@verb
def receive(
    data: bytes, *, by: Actor, kind: str, file_name: str = "", facts: Mapping[str, Any] | None = None
) -> Upload:
    """Seal a file of the hat's own organisation for its preview."""
    require(by, PERMISSIONS[Kind(kind)])
    assert by.organisation is not None, "a hat belongs to an organisation"
    upload = store(data, kind=kind, owner=by.organisation, file_name=file_name, facts=facts, life=PREVIEW)
    audit.record("upload.receive", upload, by=by, kind=str(kind), bytes=len(data))
    return upload


def store(
    data: bytes,
    *,
    kind: str,
    owner: Organisation,
    life: dt.timedelta,
    file_name: str = "",
    facts: Mapping[str, Any] | None = None,
) -> Upload:
    """One sealed row, without asking who; for verbs."""
    upload = Upload(
        owner=owner,
        kind=kind,
        file_name="" if looks_like_identity(file_name) else file_name[:200],
        facts={"part": False, "proposed_by": None, "answers": {}, **(facts or {})},
        created_at=clock.now(),
        expires_at=clock.now() + life,
    )
    upload.seal(data)
    upload.save()
    return upload


@verb
def answer(upload: Upload, *, by: Actor, answers: Mapping[str, str]) -> None:
    """Keep what the person said to the preview's questions."""
    require(by, PERMISSIONS[Kind(upload.kind)], upload)
    row = claim(upload)
    row.facts["answers"] |= answers
    row.save(update_fields=["facts"])
    upload.facts = row.facts


@verb
def ask_lead(upload: Upload, *, by: Actor) -> None:
    """Let a roster wait for the school's lead, for a day. Asked again it waits no longer, and for the same person."""
    require(by, PERMISSIONS[Kind(upload.kind)], upload)
    row = claim(upload)
    if row.kind != Kind.ROSTER or row.facts["proposed_by"]:
        raise Refused("changed", CHANGED)
    row.facts["proposed_by"] = by.user.pk if by.user else None
    row.expires_at = clock.now() + BRAKED
    row.save(update_fields=["facts", "expires_at"])
    upload.facts, upload.expires_at = row.facts, row.expires_at
    audit.record("upload.ask_lead", upload, by=by)
    notices.send(
        "import_braked",
        to=notices.members(upload.owner_id, Role.SCHOOL_LEAD),
        subject=f"upload:{upload.pk}",
        path=f"/imports/{upload.pk}/",
        facts={"by": by.label},
    )


@verb
def drop(upload: Upload, *, by: Actor) -> None:
    """Forget a file before its time."""
    require(by, PERMISSIONS[Kind(upload.kind)], upload)
    row = claim(upload)
    audit.record("upload.drop", row, by=by)
    row.delete()


def claim(upload: Upload) -> Upload:
    """The same row, locked for writing. Inside the writing verb; the second press of a button finds nothing."""
    row = Upload.objects.select_for_update().filter(pk=upload.pk, expires_at__gt=clock.now()).first()
    if row is None:
        raise Refused("import_over", _("This file has been written already, or its preview is over. Upload it again."))
    return row


def finish(upload: Upload, *, by: Actor, counts: Mapping[str, int], district_id: int | None, **more: Any) -> ImportRun:
    """Write down what was done and forget the file."""
    assert by.user is not None, "imports are people's work"
    run = ImportRun.objects.create(
        organisation=upload.owner,
        district_id=district_id,
        kind=upload.kind,
        upload_number=upload.pk,
        counts=dict(counts),
        answers=upload.facts["answers"],
        written_by=by.user,
        written_at=clock.now(),
        **more,
    )
    upload.delete()
    return run


def answers_of(upload: Upload) -> dict[str, str]:
    """What was said to this upload's questions, over what is remembered from earlier ones."""
    return remembered(upload.owner_id) | upload.facts["answers"]


def remembered(organisation_id: int) -> dict[str, str]:
    """Answers about the ways in which an organisation writes classes and schools: asked once (R4)."""
    known: dict[str, str] = {}
    runs = ImportRun.objects.filter(organisation_id=organisation_id)[:REMEMBERED_RUNS]
    for answers in reversed(runs.values_list("answers", flat=True)):
        known |= {key: value for key, value in answers.items() if key.startswith(("class:", "stage:", "school:"))}
    return known


def expired() -> int:
    """How many uploads wait to be forgotten."""
    return Upload.objects.expired().count()


def forget_expired() -> int:
    """Delete the uploads whose time is over. Returns how many."""
    count, _models = Upload.objects.expired().delete()
    return count
