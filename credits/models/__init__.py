from credits.models.account import Account
from credits.models.certificate import Certificate
from credits.models.chain import Chain, Posting
from credits.models.competition import Competition
from credits.models.dispute import Dispute
from credits.models.entry import Entry
from credits.models.evaluation import EvaluationColumn
from credits.models.publication import Publication, PublishedEntry
from credits.models.result import Result
from credits.models.rule import FROM_RESULTS, FROM_ROLLS, Category, CreditRule

__all__ = [
    "FROM_RESULTS",
    "FROM_ROLLS",
    "Account",
    "Category",
    "Certificate",
    "Chain",
    "Competition",
    "CreditRule",
    "Dispute",
    "Entry",
    "EvaluationColumn",
    "Posting",
    "Publication",
    "PublishedEntry",
    "Result",
]
