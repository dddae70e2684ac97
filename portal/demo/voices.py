"""After a visit: a word of both sides; after one that did not happen: what the school says of the record."""

import datetime as dt
import random

from activities import feedback, no_shows
from activities.models import Booking, NoShow
from people.actors import Person
from portal.demo.agenda import Agenda, moment
from portal.lib import clock

# score, words; most people only tap
SCHOOL = (
    (5, ""), (5, "讲解员会提问，学生一直跟着走。"), (4, ""), (4, "动手环节再长一点更好。"), (5, ""), (3, "排队时间偏长。"),
)  # fmt: skip
HOST = ((5, ""), (4, ""), (5, "学生准备充分，任务单填写认真。"), (4, "比预约晚到一刻钟。"))
SAYS_BOTH = 0.7  # of the visits that anybody judges


def plan(agenda: Agenda, booking: Booking, leader: Person, host: Person) -> None:
    """The next day: most leaders say how it was, and most hosts."""
    dice = random.Random(str(booking.request_key))  # its own: the rest of the story stays as it is
    score, said = dice.choice(SCHOOL)
    theirs, word = dice.choice(HOST)
    tomorrow = clock.today() + dt.timedelta(days=1)
    if dice.random() < SAYS_BOTH:
        agenda.at(moment(tomorrow, 12), lambda: feedback.give(booking, by=leader, score=score, words=said))
    if dice.random() < SAYS_BOTH:
        agenda.at(moment(tomorrow, 15), lambda: feedback.give(booking, by=host, score=theirs, words=word))


def answer(agenda: Agenda, record: NoShow, coordinator: Person, *, is_disputed: bool) -> None:
    """A dispute the next day, which waits for the bureau; or silence, until the time for it is over."""
    if is_disputed:
        when, says = moment(clock.today() + dt.timedelta(days=1), 9), "大巴途中故障，已于 9:10 电话告知讲解员。"
        agenda.at(when, lambda: no_shows.dispute(record, by=coordinator, reason=says))
    agenda.at(moment(record.dispute_until + dt.timedelta(days=1), 6), lambda: no_shows.settle(record))
