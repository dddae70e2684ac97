"""The people of the demo. Every one is invented."""

import random
from pathlib import Path

from people import memberships
from people.actors import SYSTEM, Person
from people.models import Organisation, User
from people.roles import Role
from portal.lib import clock

NAMES = Path(__file__).parent / "data" / "names.txt"  # surnames in the first line, given names in the second


def pupil_names(dice: random.Random, number: int) -> list[str]:
    """Distinct invented names."""
    surnames, given = (line.split() for line in NAMES.read_text(encoding="utf-8").splitlines())
    found: dict[str, None] = {}
    while len(found) < number:
        found[dice.choice(surnames) + dice.choice(given)] = None
    return list(found)


def hat(
    username: str, full_name: str, role: Role, at: Organisation, *, who: User | None = None, card: bool = False
) -> Person:
    """A person in a hat; `card` puts the account on the sign-in page of the demo."""
    user = who or User.objects.create_user(username, full_name=full_name, is_demo=card, date_joined=clock.now())
    return Person(user, memberships.start(at, user, role=role, by=SYSTEM))
