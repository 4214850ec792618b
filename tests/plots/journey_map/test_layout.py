from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from mapkit.maps.journey_map import JourneyMap, MapStage, MapStep
from mapkit.plots.journey_map.bands import bands_of
from mapkit.plots.journey_map.paragraphs import paragraph
from mapkit.plots.names import width_of
from mapkit.plots.style import NOTE


def journey(*steps: int) -> JourneyMap:
    """A map with so many steps in each stage."""
    return JourneyMap(
        "Journey",
        tuple(MapStage(f"{k}", tuple(MapStep(f"{k}.{n}") for n in range(count))) for k, count in enumerate(steps)),
    )


def widths(*steps: int, most: int) -> list[int]:
    return [len(band.columns) for band in bands_of(journey(*steps), most)]


def test_whole_stages_stand_beside_one_another_as_evenly_as_they_can() -> None:
    assert widths(2, 4, 3, 2, 2, 2, most=8) == [6, 5, 4]
    assert widths(2, 4, 3, 2, 2, 2, most=9) == [9, 6]


def test_a_stage_without_steps_has_a_column() -> None:
    assert widths(1, 0, 2, most=8) == [4]


def test_only_a_stage_that_is_wider_than_a_page_is_broken() -> None:
    bands = bands_of(journey(2, 11), 8)
    assert [[span.continued for span in band.spans] for band in bands] == [[False, False], [True]]
    assert [len(band.columns) for band in bands] == [8, 5]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=9), st.integers(1, 9))
def test_every_step_has_one_column_in_the_order_of_the_map(steps: list[int], most: int) -> None:
    map_ = journey(*steps)
    columns = [column for band in bands_of(map_, most) for column in band.columns]
    assert [column.step for column in columns if column.step] == list(map_.steps)
    assert all(len(band.columns) <= most for band in bands_of(map_, most))


def test_words_are_kept_whole_and_names_break_after_their_underscores() -> None:
    assert paragraph("tasting_video", 50, most=2) == ["tasting_", "video"]


def test_japanese_breaks_between_letters_but_never_before_a_full_stop() -> None:
    lines = paragraph("漢字。" * 8, 40, most=20)
    assert len(lines) > 1
    assert not any(line.startswith("。") for line in lines)


def test_a_text_that_fits_is_whole() -> None:
    assert paragraph("two words", 200, most=1) == ["two words"]
    assert paragraph("", 200, most=1) == []


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.floats(20, 200), st.integers(1, 4))
def test_no_line_is_wider_than_its_room(text: str, room: float, most: int) -> None:
    lines = paragraph(text, room, most=most)
    assert len(lines) <= most
    assert all(width_of(line, NOTE) <= room * 1.02 for line in lines if len(line) > 2)
