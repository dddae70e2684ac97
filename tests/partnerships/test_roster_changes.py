"""Class moves: what is previewed is what is written; past rolls stay; nobody leaves en masse by one person's word."""

import datetime as dt

import pytest

from partnerships import brake, causes, roster_changes, schools
from partnerships.models import Enrolment, GroupMember, RosterChange, SchoolClass, Student, StudentIdentity
from partnerships.roster_change_page import next_year, preview
from people.models import Notice
from people.roles import Role
from portal.lib import clock
from portal.lib.errors import Refused
from tests.factories import partnerships as make
from tests.factories import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def district():
    return make.a_district()


@pytest.fixture
def school(district):
    return make.a_school(district)


@pytest.fixture
def coordinator(school):
    return people.actor(people.hat(Role.COORDINATOR, at=school.organisation))


@pytest.fixture
def head(school):
    return people.actor(people.hat(Role.SCHOOL_LEAD, at=school.organisation))


def refused(code):
    return pytest.raises(Refused, check=lambda no: no.code == code)


def ids(school_class, day=None):
    rows = Enrolment.objects.on(day or clock.today()).filter(school_class=school_class)
    return set(rows.values_list("student_id", flat=True))


def counts(change):
    return [(line.label, line.before, line.after) for line in preview(change).lines]


def test_merge_dissolves_a_class_and_keeps_everybody(school, coordinator):
    one, two = make.a_class(school, number=1, pupils=3), make.a_class(school, number=2, pupils=2)
    Enrolment.objects.filter(school_class=one).update(seat=1)
    Enrolment.objects.filter(school_class=two).update(seat=1)
    everybody = ids(one) | ids(two)
    change = roster_changes.merge(two, by=coordinator, number=1)
    today = clock.today()
    assert counts(change) == [(two.label(today), 2, 0), (one.label(today), 3, 5)]
    assert preview(change).seats == 2
    assert ids(two)  # nothing is written by a preview
    roster_changes.apply(change, by=coordinator)
    assert (ids(one), ids(two)) == (everybody, set())
    assert ids(two, today - dt.timedelta(days=1))  # the past keeps its class
    assert Enrolment.objects.on(today).filter(school_class=one, seat=None).count() == 2
    assert list(SchoolClass.objects.studying(today)) == [one]


def test_a_dissolved_class_is_opened_again_by_its_number(school, coordinator):
    make.a_class(school, number=1, pupils=1)
    two = make.a_class(school, number=2, pupils=1)
    roster_changes.apply(roster_changes.merge(two, by=coordinator, number=1), by=coordinator)
    again = schools.add_class(school, by=coordinator, stage=two.stage, entry_year=two.entry_year, number=2)
    assert (again.pk, again.closed_on) == (two.pk, None)


def test_split_founds_the_new_class(school, coordinator):
    one = make.a_class(school, number=1, pupils=4)
    chosen = set(sorted(ids(one))[:2])
    change = roster_changes.split(one, by=coordinator, students=chosen, number=2)
    assert [line.is_new for line in preview(change).lines] == [False, True]
    assert SchoolClass.objects.count() == 1
    change = roster_changes.apply(change, by=coordinator)
    assert ids(change.target) == chosen
    assert (change.target.number, change.target.entry_year, len(ids(one))) == (2, one.entry_year, 2)


def test_who_came_today_is_put_right_instead(school, coordinator):
    one = make.a_class(school, number=1, pupils=1)
    Enrolment.objects.update(starts_on=clock.today())
    change = roster_changes.split(one, by=coordinator, students=ids(one), number=2)
    roster_changes.apply(change, by=coordinator)
    row = Enrolment.objects.get()
    assert (row.school_class.number, row.ends_on) == (2, None)


def test_applied_twice_is_written_once(school, coordinator):
    one = make.a_class(school, number=1, pupils=2)
    change = roster_changes.split(one, by=coordinator, students=set(sorted(ids(one))[:1]), number=2)
    roster_changes.apply(change, by=coordinator)
    with refused("changed"):
        roster_changes.apply(change, by=coordinator)
    assert Enrolment.objects.count() == 3


def test_a_preview_that_no_longer_fits_is_not_written(school, coordinator):
    one = make.a_class(school, number=1, pupils=2)
    change = roster_changes.split(one, by=coordinator, students=ids(one), number=2)
    Enrolment.objects.filter(student=change.students[0]).update(ends_on=clock.today())
    assert preview(change).is_stale
    with refused("changed"):
        roster_changes.apply(change, by=coordinator)
    assert roster_changes.withdraw(change, by=coordinator).state == "withdrawn"


def test_pupils_of_another_class_are_not_taken(school, coordinator):
    one, other = make.a_class(school, number=1, pupils=1), make.a_class(make.a_school(), number=1, pupils=1)
    with pytest.raises(Refused):
        roster_changes.split(one, by=coordinator, students=ids(one) | ids(other), number=2)


@pytest.mark.notice("roster_change_braked")
def test_many_leavers_need_a_second_head(school, coordinator, head):
    one = make.a_class(school, number=1, pupils=30)
    three = sorted(ids(one))[:3]
    change = roster_changes.leave(one, by=coordinator, students=three)
    assert change.is_braked
    assert Notice.objects.get(kind="roster_change_braked").user == head.user
    with refused("roster_brake"):
        roster_changes.apply(change, by=coordinator)
    own = roster_changes.leave(one, by=head, students=three)
    with refused("roster_brake"):
        roster_changes.apply(own, by=head)
    assert roster_changes.apply(change, by=head).state == "done"
    assert len(ids(one)) == 27


def test_two_leavers_or_one_in_a_hundred_need_nobody_else(school, coordinator):
    one = make.a_class(school, number=1, pupils=10)
    change = roster_changes.leave(one, by=coordinator, students=sorted(ids(one))[:2])
    assert not change.is_braked
    assert roster_changes.apply(change, by=coordinator).state == "done"


def test_small_changes_of_one_day_count_as_one(school, coordinator, head):
    """Three in a hundred twice: the second one waits for another head, in whichever order they are made and written."""
    one = make.a_class(school, number=1, pupils=100)
    pupils = sorted(ids(one))
    first = roster_changes.leave(one, by=coordinator, students=pupils[:3])
    second = roster_changes.leave(one, by=coordinator, students=pupils[3:6])
    assert (first.is_braked, second.is_braked, second.percent) == (False, True, 6.0)
    roster_changes.apply(first, by=coordinator)
    with refused("roster_brake"):
        roster_changes.apply(second, by=coordinator)
    assert roster_changes.apply(second, by=head).state == "done"


def test_a_small_change_waits_if_others_have_left_since_it_was_proposed(school, coordinator, head, clock):
    one = make.a_class(school, number=1, pupils=100)
    pupils = sorted(ids(one))
    change = roster_changes.leave(one, by=coordinator, students=pupils[:3])
    Enrolment.objects.filter(student__in=pupils[3:6]).update(ends_on=clock.today())  # by a file, say
    with refused("roster_brake"):
        roster_changes.apply(change, by=coordinator)
    change.refresh_from_db()
    assert (change.is_braked, Notice.objects.get(kind="roster_change_braked").user) == (True, head.user)
    clock.forward(days=1)
    assert roster_changes.leave(one, by=coordinator, students=pupils[6:8]).is_braked  # the open proposal counts with it
    roster_changes.withdraw(change, by=coordinator)
    assert not roster_changes.leave(one, by=coordinator, students=pupils[8:9]).is_braked  # 3 of 97, on another day


def test_pupils_who_change_their_class_or_finish_school_have_not_left(school, coordinator):
    one = make.a_class(school, number=1, pupils=20)
    moved = sorted(ids(one))
    roster_changes.apply(roster_changes.split(one, by=coordinator, students=moved[:5], number=2), by=coordinator)
    assert brake.gone_today(school) == {}
    assert not roster_changes.leave(one, by=coordinator, students=moved[5:6]).is_braked


def test_who_leaves_also_leaves_the_groups(school, coordinator):
    one = make.a_class(school, number=1, pupils=2)
    going, staying = sorted(ids(one))
    make.a_group(school, list(Student.objects.filter(school=school)))
    change = roster_changes.leave(one, by=coordinator, students={going})
    assert preview(change).groups == 1
    roster_changes.apply(change, by=coordinator)
    tomorrow = clock.today() + dt.timedelta(days=1)
    assert list(GroupMember.objects.on(tomorrow).values_list("student_id", flat=True)) == [staying]


@pytest.fixture
def transfer(district, school, coordinator):
    """A named pupil whom one school has let go to another of the district, and the other's coordinator."""
    one = make.a_class(school, number=1, pupils=1)
    student = make.a_student(school, one, name="陈小诺", number="0501")
    other = make.a_school(district)
    by = people.actor(people.hat(Role.COORDINATOR, at=other.organisation))
    change = roster_changes.leave(one, by=coordinator, students={student.pk}, to_school=other)
    leaving = roster_changes.apply(change, by=coordinator)
    return leaving, student, other, by


@pytest.mark.notice("roster_change_offered")
@pytest.mark.parametrize(("consent", "name"), [(True, "陈小诺"), (False, "")])
def test_the_other_school_takes_the_pupil_in_with_the_same_id(transfer, consent, name):
    leaving, student, other, by = transfer
    assert list(RosterChange.objects.offered_to(other.pk)) == [leaving]
    told = Notice.objects.get(kind="roster_change_offered", user=by.user)
    assert causes.pupils_wait(told)
    change = roster_changes.join(leaving, by=by, school=other, number=1)
    change = roster_changes.apply(change, by=by, consent=consent)
    student.refresh_from_db()
    identity = StudentIdentity.objects.get(pk=student.pk)
    assert (student.school, ids(change.target)) == (other, {student.pk})
    assert (identity.school, identity.name, identity.number) == (other, name, "")
    assert not RosterChange.objects.offered_to(other.pk).exists()
    assert not causes.pupils_wait(told)
    with pytest.raises(Refused):
        roster_changes.join(leaving, by=by, school=other, number=1)


def test_the_old_school_may_take_its_pupil_back(transfer, school, coordinator):
    leaving, student, other, by = transfer
    change = roster_changes.apply(roster_changes.join(leaving, by=coordinator, school=school, number=1), by=coordinator)
    assert student.pk in ids(change.target)
    assert StudentIdentity.objects.get(pk=student.pk).number == "0501"
    with pytest.raises(Refused):
        roster_changes.join(leaving, by=by, school=other, number=1)


def test_only_one_of_two_schools_that_propose_takes_the_pupil(transfer, school, coordinator):
    leaving, _student, other, by = transfer
    theirs = roster_changes.join(leaving, by=by, school=other, number=1)
    ours = roster_changes.join(leaving, by=coordinator, school=school, number=1)
    roster_changes.apply(ours, by=coordinator)
    with pytest.raises(Refused):
        roster_changes.apply(theirs, by=by)


def test_a_school_nobody_let_go_to_takes_nobody_in(transfer, district):
    third = make.a_school(district)
    by = people.actor(people.hat(Role.COORDINATOR, at=third.organisation))
    with pytest.raises(Refused):
        roster_changes.join(transfer[0], by=by, school=third, number=1)


def test_classes_move_up_by_themselves_and_the_last_year_leaves(clock, school):
    clock.to(dt.datetime(2027, 6, 10, 9, tzinfo=dt.timezone(dt.timedelta(hours=8))))
    five, six = make.a_class(school, grade=5, pupils=2), make.a_class(school, grade=6, pupils=3)
    turn, lines = next_year(school, dt.date(2027, 6, 10))
    assert turn == dt.date(2027, 9, 1)
    assert [(line.school_class, line.pupils, line.then, line.goes_on) for line in lines] == [
        (five, 2, five.label(turn), False),
        (six, 3, "", False),
    ]
    assert roster_changes.finish_classes() == 0
    clock.to(dt.datetime(2027, 9, 3, 9, tzinfo=dt.timezone(dt.timedelta(hours=8))))
    assert roster_changes.finish_classes() == 3
    assert roster_changes.finish_classes() == 0
    assert set(Enrolment.objects.filter(school_class=six).values_list("ends_on", flat=True)) == {turn}
    assert five.label(turn) in {line.now for line in next_year(school, dt.date(2027, 9, 3))[1]}


@pytest.mark.parametrize("day", [dt.date(2027, 6, 10), dt.date(2027, 9, 3)])
def test_a_nine_year_school_takes_its_sixth_grade_along(clock, district, day):
    """Before the summer as a plan, and after it when the sweep has ended the old class already."""
    school = make.a_school(district, stage="nine_year")
    by = people.actor(people.hat(Role.COORDINATOR, at=school.organisation))
    clock.to(dt.datetime(2027, 6, 10, 9, tzinfo=dt.timezone(dt.timedelta(hours=8))))
    six = make.a_class(school, grade=6, pupils=2)
    pupils = ids(six)
    clock.to(dt.datetime(day.year, day.month, day.day, 9, tzinfo=dt.timezone(dt.timedelta(hours=8))))
    roster_changes.finish_classes()
    change = roster_changes.apply(roster_changes.onward(six, by=by, number=3), by=by)
    assert (change.target.stage, change.target.entry_year, change.target.number) == ("junior", 2027, 3)
    assert ids(change.target, dt.date(2027, 9, 1)) == pupils
    assert ids(six, dt.date(2027, 8, 31)) == pupils
    assert change.target.label(dt.date(2027, 9, 1)) in ("Class 7(3)", "七（3）班")


def test_a_primary_school_has_no_next_stage_and_winter_is_too_early(clock, district, school, coordinator):
    clock.to(dt.datetime(2026, 12, 1, 9, tzinfo=dt.timezone(dt.timedelta(hours=8))))
    with refused("roster_change_stage"):
        roster_changes.onward(make.a_class(school, grade=6, pupils=1), by=coordinator, number=1)
    nine = make.a_school(district, stage="nine_year")
    six, by = make.a_class(nine, grade=6, pupils=1), people.actor(people.hat(Role.COORDINATOR, at=nine.organisation))
    with refused("roster_change_early"):
        roster_changes.onward(six, by=by, number=1)
