"""What a storm found: promises as ratios, printed and kept as JSON in bench/results/ (which git ignores)."""

import json
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "results"


@dataclass
class Promise:
    """`kept` of `of`: a promise is kept when they are equal. `seconds` it took, `notes` to read it by."""

    name: str
    kept: float
    of: float
    seconds: float = 0.0
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        return self.kept == self.of


@dataclass
class Storm:
    """Collects the promises of one storm as they are measured and says each at once."""

    name: str
    promises: list[Promise] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def promise(self, name: str, kept: float, of: float, *, seconds: float = 0.0, **notes: Any) -> Promise:
        """Note `kept` of `of`, and print it."""
        made = Promise(name, kept, of, round(seconds, 2), notes)
        self.promises.append(made)
        told = "".join(f"  {key} {value}" for key, value in notes.items())
        print(
            f"  {'ok    ' if made.holds else 'BROKEN'} {name:<58}{kept:>9,} / {of:<9,}{seconds:7.1f} s{told}",
            flush=True,
        )
        return made

    def finish(self) -> int:
        """Write the JSON; answers the exit code: 0 when every promise was kept and there was one."""
        FOLDER.mkdir(exist_ok=True)
        broken = [one.name for one in self.promises if not one.holds]
        document = {
            "storm": self.name,
            "seconds": round(time.monotonic() - self.started, 1),
            "promises": [asdict(one) | {"holds": one.holds} for one in self.promises],
            "broken": broken,
        }
        text = json.dumps(document, ensure_ascii=False, indent=1)
        (FOLDER / f"{self.name}.json").write_text(text + "\n", encoding="utf-8")
        return 1 if broken or not self.promises else 0
