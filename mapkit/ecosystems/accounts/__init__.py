"""Accounts: their buying groups, their rank for account-based marketing, their pipeline, and lists that overlap."""

from mapkit.ecosystems.accounts.groups import measure_buying_groups
from mapkit.ecosystems.accounts.groups_result import BuyingGroups
from mapkit.ecosystems.accounts.hashing import hash_customers
from mapkit.ecosystems.accounts.overlap import measure_account_overlap
from mapkit.ecosystems.accounts.overlap_result import AccountOverlap
from mapkit.ecosystems.accounts.pipeline import measure_pipeline
from mapkit.ecosystems.accounts.pipeline_result import Pipeline
from mapkit.ecosystems.accounts.ranking import rank_accounts
from mapkit.ecosystems.accounts.ranking_result import AccountRanking

__all__ = [
    "AccountOverlap",
    "AccountRanking",
    "BuyingGroups",
    "Pipeline",
    "hash_customers",
    "measure_account_overlap",
    "measure_buying_groups",
    "measure_pipeline",
    "rank_accounts",
]
