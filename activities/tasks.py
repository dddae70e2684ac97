"""Jobs of what happens: sweeps, safe to run twice, late or beside themselves."""

from celery import shared_task

from activities import final_counts, following, held_back, members, no_shows, offering


@shared_task(name="activities.reopen")
def reopen() -> None:
    """Assignments whose check or listing no longer counts."""
    following.reopen_due()


@shared_task(name="activities.offer_places")
def offer_places(session_id: int) -> None:
    """Places of one session that have just become free."""
    offering.offer_places(session_id)


@shared_task(name="activities.run_waitlists")
def run_waitlists() -> None:
    """Offers that are over, sessions that have begun, and places whose message was lost."""
    offering.sweep()


@shared_task(name="activities.release_places")
def release_places() -> None:
    """Held-back places whose last day is over."""
    held_back.release_due()


@shared_task(name="activities.run_head_counts")
def run_head_counts() -> None:
    """Final head counts to ask for, and bookings whose answer did not come in time."""
    final_counts.run()


@shared_task(name="activities.follow_club")
def follow_club(group_id: int) -> None:
    """Somebody has joined or left a club: the rolls of its dates to come."""
    members.follow_club(group_id)


@shared_task(name="activities.follow_members")
def follow_members() -> None:
    """Rolls of after-school dates that are not who belongs to the group on the day."""
    members.sweep()


@shared_task(name="activities.settle_no_shows")
def settle_no_shows() -> None:
    """Records of groups that did not come, whose time for a dispute is over."""
    no_shows.sweep()
