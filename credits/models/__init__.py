from credits.models.account import Account
from credits.models.certificate import Certificate
from credits.models.chain import Chain, Posting
from credits.models.dispute import Dispute
from credits.models.entry import Entry
from credits.models.evaluation import EvaluationColumn
from credits.models.publication import Publication, PublishedEntry
from credits.models.rule import FROM_ROLLS, Category, CreditRule

__all__ = [
    "FROM_ROLLS",
    "Account",
    "Category",
    "Certificate",
    "Chain",
    "CreditRule",
    "Dispute",
    "Entry",
    "EvaluationColumn",
    "Posting",
    "Publication",
    "PublishedEntry",
]
