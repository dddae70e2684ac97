"""What higher apps have to say before a group is booked: advice that never blocks. They declare themselves here."""

from collections.abc import Callable
from dataclasses import dataclass

from activities.groups import Group
from activities.models import Session


@dataclass(frozen=True)
class Advice:
    """One fact for the slip: a short name and sentences in the reader's language."""

    name: str
    sentences: tuple[str, ...]


Adviser = Callable[[Session, Group], Advice | None]
ADVISERS: list[Adviser] = []


def declare(adviser: Adviser) -> Adviser:
    """Decorator: ask this function about every group; each app has its own in its advice.py."""
    ADVISERS.append(adviser)
    return adviser


def about(session: Session, group: Group) -> list[Advice]:
    """What the advisers say about this group in this session."""
    return [said for said in (adviser(session, group) for adviser in ADVISERS) if said]
