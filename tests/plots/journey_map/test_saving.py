from __future__ import annotations

import re
import time
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from mapkit.errors import OptionError
from mapkit.maps.journey_map import Cell, JourneyMap, Lane, MapStage, MapStep, Persona
from mapkit.plots.journey_map import map_html, save_journey_map
from tests.plots.journey_map.made import coffee, long_map, observed
from tests.plots.made import NASTY

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = ["</style><script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' onload='alert(1)", *NASTY.values()]


class Tags(HTMLParser):
    """Every tag of a page with its attributes, in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def hostile() -> JourneyMap:
    steps = tuple(MapStep(f"s{k}", name or "none") for k, name in enumerate(HOSTILE))
    cells = tuple(
        Cell("<b>a</b>", f"s{k}", name, claimed=name, owner=name or None, source=name) for k, name in enumerate(HOSTILE)
    )
    stages = (MapStage("<b>a</b>", steps),)
    return JourneyMap(HOSTILE[0], stages, (Lane(HOSTILE[1], cells),), Persona(HOSTILE[2], HOSTILE[1]), HOSTILE[0])


@pytest.mark.parametrize(
    ("ending", "begins"), [("png", b"\x89PNG"), ("svg", b"<svg"), ("pdf", b"%PDF"), ("html", b"<!doctype")]
)
def test_the_ending_of_the_path_is_the_format(tmp_path: Path, ending: str, begins: bytes) -> None:
    path = save_journey_map(coffee(), tmp_path / f"map.{ending}", observed=observed())
    assert path.read_bytes().startswith(begins)
    assert list(tmp_path.iterdir()) == [path]


def test_an_unknown_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="docx"):
        save_journey_map(coffee(), tmp_path / "map.docx")


def test_the_same_map_gives_the_same_file(tmp_path: Path) -> None:
    for ending in ("svg", "html"):
        one, two = (save_journey_map(coffee(), tmp_path / f"{k}.{ending}").read_bytes() for k in range(2))
        assert one == two


def test_the_texts_of_an_svg_are_texts(tmp_path: Path) -> None:
    root = ElementTree.parse(save_journey_map(coffee(), tmp_path / "map.svg", observed=observed())).getroot()
    texts = [each.text for each in root.iter(f"{SVG}text")]
    assert {"Visit", "● 60%", "[55, 65]", "✗ disagrees on content"} <= set(texts)
    assert "the data contradicts 1 of 2 judged cells" in (root.find(f"{SVG}title").text or "")
    curve = root.find(f".//{SVG}svg[@role='img']")
    assert "Pay: claimed +0.5, observed −0.8 [−1.3, −0.3], n = 12" in curve.get("aria-label", "")


def test_a_hostile_map_is_a_well_formed_svg_without_elements_of_its_own(tmp_path: Path) -> None:
    root = ElementTree.parse(save_journey_map(hostile(), tmp_path / "map.svg")).getroot()
    assert {each.tag.removeprefix(SVG) for each in root.iter()} <= {
        "svg", "title", "g", "rect", "path", "text", "circle", "polyline", "polygon",
    }  # fmt: skip
    assert not any(name.startswith("on") for each in root.iter() for name in each.attrib)


def test_a_page_is_a_table_with_headings_for_stages_steps_and_lanes() -> None:
    page = Tags(map_html(coffee(), observed()))
    scopes = [each.get("scope") for each in page.of("th")]
    assert scopes.count("colgroup") == 3
    assert scopes.count("col") == 5
    assert scopes.count("row") == 1 + 6  # the curve, the four lanes, touchpoints, and what is not on the map
    assert len(page.of("caption")) == len(page.of("table"))


def test_a_page_has_every_word_in_full_and_the_pictures_numbers() -> None:
    long = "word " * 3_000 + "the end"
    stage = (MapStage("a", (MapStep("s"),)),)
    assert "the end" in map_html(JourneyMap("Long", stage, (Lane("actions", (Cell("a", "s", long),)),)))
    page = map_html(coffee(), observed())
    assert "○ claimed 90%" in page
    assert "<b>60%</b>" in page
    assert "kiosk" in page


def test_a_hostile_map_adds_no_element_and_no_attribute_to_its_page() -> None:
    page = Tags(map_html(hostile()))
    assert not page.of("script")
    assert not page.of("img")
    assert len(page.of("style")) == 1
    assert not any(name.startswith("on") for _, attributes in page.found for name in attributes)


def test_a_page_may_fetch_and_run_nothing() -> None:
    policies = [each for each in Tags(map_html(coffee())).of("meta") if each.get("http-equiv")]
    assert policies[0]["content"] == "default-src 'none'; style-src 'unsafe-inline'"
    assert not re.search(r"(?:src|href)=", map_html(coffee(), observed()))


def test_what_a_check_found_is_listed_on_the_page() -> None:
    check = coffee().check()
    page = map_html(coffee(), check=check)
    assert "<h2>Check</h2>" in page
    assert len(Tags(page).of("tr")) > len(Tags(map_html(coffee())).of("tr")) + len(check.table) - 1


def test_print_has_as_many_pages_as_a_long_map_takes(tmp_path: Path) -> None:
    written = save_journey_map(long_map(16, 8, 8), tmp_path / "map.pdf").read_bytes()
    assert len(re.findall(rb"/Type /Page\b", written)) == 2


@pytest.mark.parametrize("ending", ["svg", "html"])
def test_two_hundred_steps_in_ten_lanes_are_written_in_moments(tmp_path: Path, ending: str) -> None:
    journey_map = long_map(200)
    began = time.process_time()
    save_journey_map(journey_map, tmp_path / f"map.{ending}")
    assert time.process_time() - began < 2
