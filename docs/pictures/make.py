"""The README's picture, made by mapkit from harbour: ``make pictures``."""

from __future__ import annotations

from pathlib import Path

import mapkit as mk

HERE = Path(__file__).parent
STEPS = ["first_visit", "view_item", "add_to_cart", "begin_checkout", "purchase"]


def main() -> None:
    """Write every picture beside this file."""
    events = mk.load_dataset("harbour").events
    mk.plots.save_picture(mk.measure_funnel(events, STEPS, window="14d"), HERE / "funnel.png")


if __name__ == "__main__":
    main()
