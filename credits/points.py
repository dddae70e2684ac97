"""How thousandths of a point are written: 1000 → 1.0, 250 → 0.25, −500 → −0.5 (with a true minus)."""


def written(thousandths: int, *, signed: bool = False) -> str:
    """At least one decimal, no trailing zeros beyond it; `signed` also writes the plus of an award."""
    whole, rest = divmod(abs(thousandths), 1000)
    decimals = f"{rest:03d}".rstrip("0") or "0"
    sign = "−" if thousandths < 0 else "+" if signed and thousandths else ""
    return f"{sign}{whole:,}.{decimals}"
