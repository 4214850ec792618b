"""The period that a moment falls in, however the moment is written."""

from __future__ import annotations

from datetime import date, datetime
from typing import cast

import numpy as np
import pandas as pd

from mapkit.errors import OptionError
from mapkit.journeys.retention.periods import Period, start_of


def period_of(period: str, when: object) -> pd.Timestamp:
    """Return the first moment of the period that holds ``when``, a date or text such as "2025-05" (UTC)."""
    wrong = f"{when!r} is not a date. Write it as '2025-05-12', or '2025-05' for a month."
    if not isinstance(when, str | date | datetime | np.datetime64):
        raise OptionError(wrong)
    try:
        moment = pd.Timestamp(when)
    except ValueError:
        raise OptionError(wrong) from None
    if pd.isna(moment):
        raise OptionError(wrong)
    naive = moment.tz_convert(None) if moment.tzinfo else moment
    return start_of(cast(Period, period), naive)
