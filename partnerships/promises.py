"""What one party promises for one term, as a draft or an amendment says it."""

from dataclasses import dataclass

from partnerships.models import Term


@dataclass(frozen=True)
class Promise:
    organisation_id: int
    term: Term
    kind: str
    promised: int
    is_ceiling: bool = False
