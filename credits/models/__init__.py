from credits.models.account import Account
from credits.models.chain import Chain, Posting
from credits.models.entry import Entry
from credits.models.rule import FROM_ROLLS, Category, CreditRule

__all__ = ["FROM_ROLLS", "Account", "Category", "Chain", "CreditRule", "Entry", "Posting"]
