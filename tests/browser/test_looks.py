"""Every widget's looks in a page that has the style sheets of all of them, with no kernel behind it."""

from __future__ import annotations

import base64
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Page

import mapkit as mk
from mapkit import widgets
from mapkit.widgets.canvas import Canvas

pytestmark = pytest.mark.browser

DAY = pd.Timestamp("2025-01-01")
EVENTS = pd.DataFrame(
    [
        (f"c{k}", name, DAY + pd.Timedelta(hours=26 * k + hour), "email" if k % 2 else "search")
        for k in range(20)
        for hour, name in enumerate(("visit", "cart", "buy")[: 1 + k % 3])
    ],
    columns=["customer", "event", "time", "channel"],
)
MODEL = {"look": ["visit"], "want": [], "pay": ["buy"]}
MAP = """\
title: How people come to buy
stages:
- {name: look, steps: [visit]}
- {name: pay, steps: [buy]}
lanes:
- {name: actions, cells: [{stage: look, step: visit, says: They look., owner: shop team}]}
- {name: emotion, cells: [{stage: look, step: visit, claimed: 1.0}, {stage: pay, step: buy, claimed: -0.5}]}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Canvas]:
    harbour = mk.load_dataset("harbour")
    file = tmp_path_factory.mktemp("looks") / "map.yaml"
    file.write_text(MAP, encoding="utf-8")
    town = (harbour.actors, harbour.ties)
    return {
        "AttributionExplorer": widgets.AttributionExplorer(harbour.events, conversion="purchase"),
        "EcosystemExplorer": widgets.EcosystemExplorer(town, selected=["p_tide_table"], removed=["p_tide_table"]),
        "FeedbackExplorer": widgets.FeedbackExplorer(harbour.feedback),
        "FunnelExplorer": widgets.FunnelExplorer(EVENTS, ["visit", "cart"]),
        "InfluencerBoard": widgets.InfluencerBoard(harbour.actors, harbour.posts, topics=["coffee"]),
        "InventoryEditor": widgets.InventoryEditor(harbour.touchpoints),
        "JourneyMapEditor": widgets.JourneyMapEditor(file, events=EVENTS),
        "PathExplorer": widgets.PathExplorer(EVENTS, by="channel"),
        "RetentionExplorer": widgets.RetentionExplorer(EVENTS, first=["visit"]),
        "StageMapper": widgets.StageMapper(EVENTS, mk.StageModel("Shop", MODEL)),
    }


# Draws a widget from its traits, shows what is hidden until it is needed, and has the sheets it is given.
DRAW = """async ([script, traits, sheets]) => {
    const bytes = text => new DataView(Uint8Array.from(atob(text), each => each.charCodeAt(0)).buffer);
    for (const [name, value] of Object.entries(traits))
        if (value?.base64 !== undefined) traits[name] = bytes(value.base64);
    const model = {get: name => traits[name], set() {}, on() {}, off() {}, send() {}, save_changes() {}};
    const page = await import(URL.createObjectURL(new Blob([script], {type: 'text/javascript'})));
    document.body.replaceChildren(document.createElement('div'));
    const el = document.body.firstChild;
    const style = document.head.appendChild(document.createElement('style'));
    style.textContent = sheets;
    await page.default.render({model, el});
    for (const each of el.querySelectorAll('[hidden]')) each.hidden = false;
    for (const each of el.querySelectorAll('.mk-busy, .mk-message')) each.textContent = 'Some words';
    for (const each of el.querySelectorAll('.mk-figure')) each.classList.add('mk-waiting');
    for (const each of el.querySelectorAll('details')) each.open = true;
}"""
# The computed style of what stands in the page, as [element, {property: value}]; of many alike the first three.
STYLES = """(sheets) => {
    document.head.querySelector('style').textContent = sheets;
    const [found, times] = [[], {}];
    for (const each of document.body.querySelectorAll('*')) {
        const name = `${each.parentElement.className} > ${each.tagName} ${each.getAttribute('class') ?? ''}`;
        times[name] = (times[name] ?? 0) + 1;
        if (times[name] > 3) continue;
        for (const part of ['', '::before', '::after']) {
            const style = getComputedStyle(each, part);
            if (part && style.content === 'none') continue;
            found.push([name + part, Object.fromEntries([...style].map(key => [key, style.getPropertyValue(key)]))]);
        }
    }
    return found;
}"""


@pytest.mark.parametrize("name", widgets.__all__)
def test_a_widget_looks_the_same_whatever_other_widgets_the_page_has(page: Page, made: dict[str, Canvas], name: str):
    own = "* { transition: none !important; }" + made[name]._css
    others = "".join(widget._css for other, widget in made.items() if other != name)
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(DRAW, [made[name]._esm, _traits(made[name]), own])
    alone = page.evaluate(STYLES, own)
    assert len(alone) > 20
    for sheets in (own + others, others + own):
        beside = page.evaluate(STYLES, sheets)
        assert [_differing(one, other) for one, other in zip(alone, beside, strict=True) if one != other] == []


def _traits(widget: Canvas) -> dict[str, Any]:
    state = {name: getattr(widget, name) for name in widget.class_trait_names(sync=True) if not name.startswith("_")}
    return {
        name: {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value
        for name, value in state.items()
        if name not in ("layout", "comm", "tooltip", "tabbable")
    }


def _differing(one: list[Any], other: list[Any]) -> tuple[str, dict[str, tuple[str, str]]]:
    return one[0], {key: (value, other[1][key]) for key, value in one[1].items() if value != other[1][key]}
