"""What a page does with a POST: one form and one verb, or a press whose refusal stands on the next page."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.db import models
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from portal.lib.errors import Refused


def done(
    request: HttpRequest, form: Form, *, verb: Callable[[dict[str, Any]], models.Model], words: str, then: str
) -> HttpResponse | None:
    """Call the verb with a valid form's entries, say `words`, and lead to the row's page `then`.

    None where the form is to be shown: nothing was sent, it has errors, or the verb refused, which stands in it then.
    """
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        row = verb(form.cleaned_data)
    except Refused as no:
        form.add_error(None, str(no))
        return None
    messages.success(request, words)
    return redirect(then, row.pk)


@contextmanager
def refusals_told(request: HttpRequest) -> Iterator[None]:
    """Where a verb inside refuses, its sentence stands on the page that follows, and the rest inside is left out."""
    try:
        yield
    except Refused as no:
        messages.error(request, str(no))
