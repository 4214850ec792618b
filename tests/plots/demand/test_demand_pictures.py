"""Pictures of demand: the grid holds the week's numbers, the fan the forecast's, and thin cells are pale."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from mapkit.journeys.demand import Demand, measure_demand, measure_forecast, measure_staffing
from mapkit.plots import blank_page, describe, plot, render_picture
from mapkit.plots.style import FADED
from tests.literal import table_of
from tests.plots.made import NASTY, said, texts


def week_of_calls(per_day: tuple[int, ...] = (40, 4, 4, 4, 4, 2, 0), weeks: int = 8, by: str | None = None) -> Demand:
    rows = []
    for week in range(weeks):
        for day, calls in enumerate(per_day):
            start = pd.Timestamp("2025-01-06 10:00") + pd.Timedelta(days=7 * week + day)
            rows += [
                (start + pd.Timedelta(minutes=k), "call", NASTY["mark-up"] if k % 2 else "b") for k in range(calls)
            ]
    rows += [(pd.Timestamp("2025-01-05 12:00"), "open", "b")]
    rows += [(pd.Timestamp("2025-01-06 01:00") + pd.Timedelta(weeks=weeks), "close", "b")]
    frame = pd.DataFrame(rows, columns=["time", "event", "plan"]).sort_values("time", ignore_index=True)
    frame["time"] = frame["time"].astype("datetime64[us]")
    frame["customer"] = [f"c{k}" for k in range(len(frame))]
    return measure_demand(table_of(frame.assign(row=range(len(frame)))), contact="call", by=by)


def cells(ax: Axes) -> list[Rectangle]:
    return [patch for patch in ax.patches if patch.get_width() == 1]


def test_the_grid_has_a_cell_for_every_hour_of_the_week() -> None:
    ax = plot(week_of_calls(), blank_page())
    assert len(cells(ax)) == 168
    assert "40" in texts(ax)
    assert "Most come on Monday, 10:00: 40 [" in said(ax).replace(".0", "")
    assert "n = 464" in said(ax)


def test_thin_cells_are_pale() -> None:
    ax = plot(week_of_calls((40, 4, 4, 4, 4, 2, 0)), blank_page())
    at_ten = {patch.get_y(): patch.get_alpha() for patch in cells(ax) if patch.get_x() == 10}
    assert [at_ten[y] for y in sorted(at_ten)] == [1.0, 1.0, 1.0, 1.0, 1.0, FADED, FADED]


def test_no_hour_is_named_where_none_stands_out() -> None:
    ax = plot(week_of_calls((5, 5, 5, 5, 5, 5, 5)), blank_page())
    assert "Most come" not in said(ax)
    assert "35 a week, 5.0" in said(ax)


def test_segments_have_a_grid_each_on_one_scale() -> None:
    result = week_of_calls(by="plan")
    ax = plot(result, blank_page())
    assert len(cells(ax)) == 2 * 168
    assert "50% of the contacts are from" in said(ax)
    assert NASTY["mark-up"] in describe(result)


def test_a_roster_writes_its_agents() -> None:
    demand = week_of_calls((200, 4, 4, 4, 4, 2, 0))
    staffing = measure_staffing(demand, handle_seconds=180, shrinkage=0.3)
    ax = plot(staffing, blank_page())
    assert "5" in texts(ax)
    assert f"At most 5 agents at once; {staffing.paid_hours:,.0f} paid hours a week" in texts(ax)
    assert len(cells(ax)) == 168


def test_numbers_of_calls_are_bars() -> None:
    staffing = measure_staffing([200, 0], handle_seconds=180)
    ax = plot(staffing, blank_page())
    assert [bar.get_width() for bar in ax.patches] == [14, 0]
    assert "200 calls 14" in describe(staffing)
    assert "nobody calls" in said(plot(measure_staffing(0, handle_seconds=60), blank_page()))


def series(days: int, name: str = "calls") -> pd.Series:
    values = np.random.default_rng(2).poisson(np.resize([30, 25, 24, 22, 20, 8, 3], days)).astype(float)
    return pd.Series(values, index=pd.date_range("2025-01-06", periods=days), name=name)


def test_the_fan_is_the_forecast_and_the_trial_lies_over_the_history() -> None:
    forecast = measure_forecast(series(84), horizon=14)
    ax = plot(forecast, blank_page())
    ahead = forecast.table[forecast.table["part"] == "forecast"]
    assert any(np.allclose(line.get_ydata(), ahead["forecast"]) for line in ax.lines if len(line.get_ydata()) == 14)
    assert {"trial", "forecast"} <= set(texts(ax))
    assert f"{forecast.covered} of 14 within the band" in said(ax)


@pytest.mark.parametrize(("horizon", "name"), [(1, "endless"), (1, "right to left"), (60, "nothing")])
def test_short_and_long_forecasts_with_any_name_have_pictures(horizon: int, name: str) -> None:
    assert len(render_picture(measure_forecast(series(70, NASTY[name]), horizon=horizon, holdout=7))) > 1000


def test_a_demand_without_contacts_in_whole_weeks_has_a_page_that_says_so() -> None:
    demand = week_of_calls()
    nothing = Demand(demand.title, demand.table.assign(contacts=0), days=demand.days, hours=demand.hours)
    assert "nothing to draw" in said(plot(nothing, blank_page()))
    assert "nothing to draw" in describe(nothing)
