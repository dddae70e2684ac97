"""The charts of the figures: weeks and forms, this term against the one before. Live pages and documents draw the same."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from portal.lib import charts


def drawn(
    weeks: Sequence[int],
    last_weeks: Sequence[int] | None,
    forms: Sequence[tuple[str, int]],
    last_forms: Sequence[tuple[str, int]] | None,
    periods: charts.Periods = (),
) -> dict[str, Any]:
    """`weeks` and `forms` for `{% chart_lines %}` and `{% chart_bars %}`; forms is None where nothing was held."""
    earlier, labels = last_weeks or (), dict(last_forms or ())
    return {
        "weeks": charts.lines(
            [
                charts.Row(str(n + 1), number, earlier[n] if n < len(earlier) else None)
                for n, number in enumerate(weeks)
            ],
            caption=_("Pupil visits a week"),
            unit=pgettext("unit", "visits"),
            periods=periods,
        ),
        "forms": charts.bars(
            [
                charts.Row(label, number, labels.get(label, 0) if last_forms is not None else None)
                for label, number in forms
            ],
            caption=_("Sessions by form"),
            unit=pgettext("unit", "sessions"),
            periods=periods,
        )
        if forms
        else None,
    }
