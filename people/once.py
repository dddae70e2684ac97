"""Sending a form twice makes one thing: by a double press, a slow line, or the browser's “send again”."""

import datetime as dt
import functools
import uuid
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import redirect

from people.models import Submission
from portal.lib import clock

View = Callable[..., HttpResponseBase]
KEPT = dt.timedelta(days=1)


def once(view: View) -> View:
    """Under `@allow`, for views that make something: the form carries `{% request_key %}`.

    View and key are one transaction. A redirect is the answer that is kept; anything else (a form with errors)
    leaves nothing behind, so that the corrected form may carry the same key. Two at once: the second waits.
    """

    @functools.wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        key = _key(request)
        if key is None:
            return view(request, *args, **kwargs)
        with transaction.atomic():
            sent, is_first = Submission.objects.get_or_create(user=request.user, key=key, defaults={"at": clock.now()})
            if not is_first:
                return redirect(sent.location)
            response = view(request, *args, **kwargs)
            if isinstance(response, HttpResponseRedirectBase):
                Submission.objects.filter(pk=sent.pk).update(location=response.url[:300])
            else:
                transaction.set_rollback(True)
            return response

    return wrapper


def _key(request: HttpRequest) -> uuid.UUID | None:
    if request.method != "POST":
        return None
    try:
        return uuid.UUID(request.POST.get("request_key", ""))
    except ValueError:
        return None


def forget() -> int:
    """Forget what was sent more than a day ago; returns how many."""
    return Submission.objects.filter(at__lt=clock.now() - KEPT).delete()[0]
