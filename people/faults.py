"""How the other side of a delivery says no. Codes hold no addresses and no words of the other side."""


class Away(Exception):
    """The server is away, hangs or turns everybody down: nothing is wrong with this one letter."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code[:120]


class Refusal(Exception):
    """This one letter was refused; `is_final` where trying again is pointless."""

    def __init__(self, code: str, *, is_final: bool = False) -> None:
        super().__init__(code)
        self.code = code[:120]
        self.is_final = is_final
