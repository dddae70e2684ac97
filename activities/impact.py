"""What a supplement to an agreement means for bookings: told to partnerships, which knows of none."""

from activities import supplements
from partnerships import impact

impact.count(supplements.touched)
impact.follows(lambda amendment, by: supplements.follow(amendment, by=by))
