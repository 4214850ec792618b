"""Where a check begins to speak, and why there: one place for every limit."""

from __future__ import annotations

# Chance. Many things are looked at, so a check that tests speaks at 1 in 1,000, adjusted over all that it tested.
CHANCE = 0.001
# An effect whose interval this wide leaves out 0 is there; one that does not is not shown.
CONFIDENCE = 0.95

# Matter. What moves the outcome by less than a point and less than a tenth of itself decides nothing.
POINTS, RELATIVE = 0.01, 0.10

# Cells. Below 30 an interval is wider than most differences people care for.
SMALL = 30

# Rows set apart, of all rows: hardly any, some, many.
FEW_ROWS, MANY_ROWS = 0.001, 0.05
# Repeated rows, of all rows, from which on counts of events are wrong in the second digit.
MANY_REPEATED = 0.01

# A program among the customers: this many rows, times the median, and share of all rows. People do not do that.
BUSY_ROWS, BUSY_TIMES, BUSY_SHARE = 300, 100, 0.01

# An event that ended had this many rows, and this many more were to be expected: chance leaves none 1 in e^20 times.
SEEN, EXPECTED = 50, 20
# Its successor begins within so many days and comes about as often (between a half and twice).
HANDOVER_DAYS, HANDOVER_RATE = 3, 2.0

# Columns with more values than this are ids or texts, not groups.
MOST_VALUES, MOST_COLUMNS = 12, 8

# The mix of customers changed when this share of them would have to be of another kind (total variation).
SHIFTED = 0.10
PERIODS = 6

# Groups differ in their background from a standardised difference of 0.1 on.
# Source: Austin (2009), Statistics in Medicine 28, 3083-3107.
IMBALANCE = 0.10
# It matters to an effect when comparing within it moves the effect by a quarter of its own margin of error.
EFFECT_MOVED = 0.25

# Only survivors: of those who came early, all but a few are there in the last tenth, though fewer were before it.
STAYED, AWAY, EARLY = 0.99, 0.90, 100

# Entries without their whole window, of all entries.
UNFINISHED = 0.20

# Customers who took two steps of a funnel in the other order: worth knowing, worth care, another order.
ORDER_NOTE, ORDER_CAUTION, ORDER_PROBLEM = 0.01, 0.05, 0.20
