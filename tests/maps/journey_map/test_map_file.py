"""A map's file is edited line by line, and never written over what somebody else did."""

from __future__ import annotations

import difflib
import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from mapkit.documents import alone_with
from mapkit.errors import DocumentError
from mapkit.maps.journey_map import Cell, JourneyMap, Lane, MapFile, MapStage
from tests.maps.journey_map.made import TEXT


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "map.yaml"
    file.write_text(TEXT)
    return file


def lines_changed(path: Path, journey_map: JourneyMap) -> list[str]:
    """Save a map, and return the lines taken out (-) and put in (+)."""
    file = MapFile.open(path).save(journey_map)
    assert JourneyMap.read(path) == journey_map == file.map
    assert not file.changed_on_disk()
    found = difflib.ndiff(TEXT.splitlines(), path.read_text().splitlines())
    return [line for line in found if line[0] in "+-"]


def test_saving_what_was_opened_changes_no_byte(path: Path):
    before = path.stat().st_mtime_ns
    file = MapFile.open(path)
    file.save(file.map)
    assert (path.read_text(), path.stat().st_mtime_ns) == (TEXT, before)


def test_one_edit_is_one_line_and_its_comment_stays(path: Path):
    read = JourneyMap.read(path)
    placed = next(each for each in read.cells if each.lane == "rate")
    assert lines_changed(path, read.with_cell("rate", replace(placed.cell, claimed=0.4), key=placed.key)) == [
        "-       - {stage: purchase, step: add_to_cart, of: add_to_cart, to: pay, claimed: 0.5}   # a guess",
        "+       - {stage: purchase, step: add_to_cart, of: add_to_cart, to: pay, claimed: 0.4}   # a guess",
    ]


def test_a_step_moved_is_its_line_moved(path: Path):
    read = JourneyMap.read(path)
    first, second = read.stages
    turned = replace(read, stages=(first, MapStage("purchase", second.steps[::-1])))
    assert lines_changed(path, turned) == [
        "+       - {id: pay, name: Pays, events: [purchase], touchpoints: [payment]}",
        "-       - {id: pay, name: Pays, events: [purchase], touchpoints: [payment]}",
    ]


def test_a_cell_added_and_one_taken_out(path: Path):
    read = JourneyMap.read(path)
    assert lines_changed(path, read.with_cell("pain_points", Cell("awareness", says="Too many: offers"))) == [
        "+       - {stage: awareness, says: 'Too many: offers'}"
    ]
    path.write_text(TEXT)
    assert lines_changed(path, read.without_cell("actions/awareness/first_visit")) == [
        "-       - {stage: awareness, step: first_visit, says: They look., touchpoint: home_page, evidence: [n1]}",
    ]


def test_a_new_lane_and_the_head(path: Path):
    read = JourneyMap.read(path)
    changed = replace(read, state="to-be", lanes=(*read.lanes, Lane("owner", (Cell("purchase", owner="web"),))))
    assert lines_changed(path, changed) == [
        "+ state: to-be",
        "+   - name: owner",
        "+     cells:",
        "+       - stage: purchase",
        "+         owner: web",
    ]


def test_the_long_form_of_what_did_not_change_stays(path: Path):
    path.write_text(TEXT.replace("- add_to_cart\n", "- {id: add_to_cart, events: [add_to_cart]}\n", 1))
    file = MapFile.open(path)
    assert "{id: add_to_cart, events: [add_to_cart]}" in file.save(replace(file.map, title="Other")).text


def test_a_file_that_somebody_else_changed_is_not_overwritten(path: Path):
    mine, theirs = MapFile.open(path), MapFile.open(path)
    theirs = theirs.save(replace(theirs.map, title="Theirs"))
    assert mine.changed_on_disk() and not theirs.changed_on_disk()
    with pytest.raises(DocumentError, match="changed on disk since it was opened"):
        mine.save(replace(mine.map, title="Mine"))
    assert "title: Theirs" in path.read_text()
    assert mine.reload().save(replace(mine.map, title="Mine")).map.title == "Mine"


def test_a_file_that_is_gone_or_broken_counts_as_changed(path: Path):
    file = MapFile.open(path)
    path.write_bytes(b"\xff\xfe")
    assert file.changed_on_disk()
    path.unlink()
    assert file.changed_on_disk()
    with pytest.raises(DocumentError, match="changed on disk"):
        file.save(file.map)


def test_of_many_who_save_at_once_one_succeeds(path: Path):
    files = [MapFile.open(path) for _ in range(4)]
    refused: list[str] = []

    def save(number: int) -> None:
        try:
            files[number].save(replace(files[number].map, title=f"Of {number}"))
        except DocumentError as conflict:
            refused.append(str(conflict))

    threads = [threading.Thread(target=save, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3
    assert sorted(each.name for each in path.parent.iterdir()) == ["map.yaml"]


def test_whoever_is_writing_is_waited_for_and_then_named(path: Path):
    with (
        alone_with(path),
        pytest.raises(DocumentError, match="is being written by somebody else"),
        alone_with(path, wait_seconds=0.1),
    ):
        pass
    assert sorted(each.name for each in path.parent.iterdir()) == ["map.yaml"]


def test_a_link_stays_a_link_and_the_rights_stay(path: Path, tmp_path: Path):
    path.chmod(0o600)
    link = tmp_path / "link.yaml"
    link.symlink_to(path)
    file = MapFile.open(link)
    file.save(replace(file.map, title="Other"))
    assert link.is_symlink()
    assert "title: Other" in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_writing_over_a_map_keeps_its_comments_too(path: Path):
    replace(JourneyMap.read(path), title="Other").write(path, existing="replace")
    assert path.read_text() == TEXT.replace("title: How a household buys", "title: Other")


def test_writing_over_something_else_writes_the_map(tmp_path: Path, path: Path):
    read = JourneyMap.read(path)
    other = tmp_path / "other.yaml"
    other.write_text("- no map\n- at all: [\n")
    assert JourneyMap.read(read.write(other, existing="replace")) == read
    with pytest.raises(DocumentError, match="exists already"):
        replace(read, title="x").write(other)


def test_a_json_map_is_edited_in_place(tmp_path: Path, path: Path):
    file = MapFile.create(tmp_path / "map.json", JourneyMap.read(path))
    before = file.text
    changed = file.save(replace(file.map, scenario="Other"))
    removed = [line for line in difflib.ndiff(before.splitlines(), changed.text.splitlines()) if line[0] in "+-"]
    assert removed == ['-   "scenario": "They ran out of coffee.",', '+   "scenario": "Other",']
