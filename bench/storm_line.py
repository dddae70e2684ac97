"""Two hundred times fifty acts of booking and waiting list, each compared with the small pure model beside them.

Sizes by the environment: RUNS, STEPS. See tests/activities/line_machine.py, of which `make test` plays twenty runs.
"""

import json
import os
import time
from collections import Counter

from bench import results, stand

HERE = stand.begin()

from django.db import transaction  # noqa: E402
from hypothesis import HealthCheck, Phase, settings  # noqa: E402
from hypothesis.stateful import run_state_machine_as_test  # noqa: E402

from tests.activities.line_machine import Line, World  # noqa: E402

SHARE = 0.6  # of all acts must take effect: what both refuse alike proves little
RUNS, STEPS = int(os.environ.get("RUNS", "200")), int(os.environ.get("STEPS", "50"))


def main() -> int:
    storm, started = results.Storm("line"), time.monotonic()
    Line.done, Line.tried = done, tried = Counter(), Counter()
    with transaction.atomic():
        Line.world = World()
        fault = _play()
        transaction.set_rollback(True)
    took = time.monotonic() - started
    stood = 0 if fault else min(done["runs"], RUNS)  # the player may begin some more than it was asked for
    storm.promise("runs that stand as the model does", stood, RUNS, seconds=took)
    acts = {name: f"{done[name]}/{tried[name]} {done[name] / tried[name]:.0%}" for name in sorted(tried)}
    effect = sum(done[name] for name in tried) / max(1, tried.total())
    storm.promise("acts that took effect: six of ten", min(effect, SHARE), SHARE, acts=tried.total(), **acts)
    if fault:
        print(fault, flush=True)
    code = storm.finish()
    said = {"storm": "line", "runs": RUNS, "steps": STEPS, "stood": stood, "effect": round(effect, 3), "acts": acts}
    print(json.dumps(said | {"broken": code}), flush=True)
    return code


def _play() -> str:
    """The first run that differs, act by act; nothing when none does."""
    try:
        run_state_machine_as_test(
            Line,
            settings=settings(
                max_examples=RUNS,
                stateful_step_count=STEPS,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                phases=(Phase.generate,),
                report_multiple_bugs=False,
                database=None,
            ),
        )
    except AssertionError as differs:
        return f"{differs}\n" + "\n".join(getattr(differs, "__notes__", []))
    return ""


if __name__ == "__main__":
    raise SystemExit(main())
