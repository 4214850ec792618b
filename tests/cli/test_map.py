"""`mapkit map`: what it prints and how it ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from mapkit.cli import app
from mapkit.maps.journey_map import JourneyMap

MAP = """\
title: A map
stages:
  - {name: purchase, steps: [{id: pay, touchpoints: [till]}]}
lanes:
  - name: actions
    cells:
      - {stage: purchase, step: pay, says: They pay.}
"""


def mapkit(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["map", *map(str, arguments)])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "map.yaml"
    path.write_text(MAP)
    return path


def test_a_sound_map_ends_with_0(file: Path) -> None:
    ended = mapkit("check", file)
    assert ended.exit_code == 0, ended.output
    assert "A map: nothing to mend" in ended.output
    assert "Evidence of 1 cells: 0 A (experiment)" in ended.output


def test_an_error_ends_with_1_and_a_warning_only_when_strict(file: Path) -> None:
    file.write_text(MAP + "      - {stage: purchase, step: pay, claimed: 9, about: emotion}\n")
    ended = mapkit("check", file)
    assert ended.exit_code == 1
    assert f"{file}:8: error emotion_out_of_range (actions/purchase/pay#2): The emotion claimed is 9." in ended.output
    file.write_text(MAP.replace("{id: pay, touchpoints: [till]}", "pay"))
    assert mapkit("check", file).exit_code == 0
    assert mapkit("check", file, "--strict").exit_code == 1


def test_a_map_is_checked_against_files(file: Path, tmp_path: Path) -> None:
    (tmp_path / "touchpoints.csv").write_text("touchpoint,owner\ntil,shop\n")
    (tmp_path / "notes.yaml").write_text("notes: []\n")
    (tmp_path / "log.csv").write_text("customer,event,time\nann,paid,2025-01-01\n")
    ended = mapkit(
        "check", file, "--inventory", tmp_path / "touchpoints.csv", "--notes", tmp_path / "notes.yaml", "--events",
        tmp_path / "log.csv",
    )  # fmt: skip
    assert ended.exit_code == 1
    assert "unknown_touchpoint: The touchpoint 'till' is not in the inventory. Did you mean 'til'?" in ended.output
    assert "unknown_event: The event 'pay' of the step 'pay' is not in the log." in ended.output


@pytest.mark.parametrize("text", ["title: x\n", "stages: [", "\x00", MAP.replace("step: pay", "step: paid")])
def test_what_is_no_map_ends_with_2(file: Path, text: str) -> None:
    file.write_text(text)
    for command in (("check", file), ("diff", file, file)):
        ended = mapkit(*command)
        assert ended.exit_code == 2
        assert ended.stderr.startswith("error: map.yaml")


def test_two_maps_are_compared(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text(MAP.replace("They pay.", "They <b>pay</b>."))
    assert mapkit("diff", file, file, "--exit-code").exit_code == 0
    told = mapkit("diff", file, other)
    assert told.exit_code == 0
    assert told.output == "A map: 1 change\n  ~ cell actions/purchase/pay: says They pay. -> They <b>pay</b>.\n"
    marked = mapkit("diff", file, other, "--markdown", "--exit-code")
    assert marked.exit_code == 1
    assert "says **They pay.** → **They &#60;b&#62;pay&#60;/b&#62;.**" in marked.output


def test_a_map_is_compared_with_one_of_another_revision(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    for command in (("init", "-q"), ("add", "map.yaml"), (*identity, "commit", "-q", "-m", "A map")):
        subprocess.run(["git", *command], check=True, capture_output=True)
    file.write_text(MAP.replace("They pay.", "They leave."))
    for before in ("HEAD:map.yaml", f"HEAD:{file}"):
        assert "says They pay. -> They leave." in mapkit("diff", before, "map.yaml").output
    missing = mapkit("diff", "HEAD:other.yaml", "map.yaml")
    assert missing.exit_code == 2
    assert "HEAD:other.yaml cannot be read from git" in missing.stderr
    asked = mapkit("diff", "--", "--output=x:map.yaml", "map.yaml")
    assert asked.exit_code == 2
    assert "is not a revision" in asked.stderr


def test_a_map_is_drawn_and_converted(file: Path, tmp_path: Path) -> None:
    drawn = mapkit("render", file, "-o", tmp_path / "map.svg")
    assert drawn.exit_code == 0, drawn.output
    assert (tmp_path / "map.svg").read_text().lstrip().startswith(("<?xml", "<svg"))
    converted = mapkit("convert", file, tmp_path / "map.csv")
    assert converted.exit_code == 0, converted.output
    assert mapkit("convert", file, tmp_path / "map.csv").exit_code == 2
    assert mapkit("convert", tmp_path / "map.csv", tmp_path / "back.yaml").exit_code == 0
    assert JourneyMap.read(tmp_path / "back.yaml").cells == JourneyMap.read(file).cells
    lossy = mapkit("convert", file, tmp_path / "map.mmd", "--strict")
    assert lossy.exit_code == 1
    assert "Mermaid has no place" in lossy.output


def test_the_shipped_documents_are_sound(repository: Path) -> None:
    from mapkit.maps.persona_card import PersonaCard

    templates = repository / "templates"
    assert JourneyMap.read(templates / "journey-map" / "journey-map.yaml").check().ok
    folder = templates / "experience-map"
    checked = JourneyMap.read(folder / "experience-map.yaml").check(
        folder / "touchpoints.yaml", folder / "research-notes.yaml"
    )
    assert checked.ok
    assert checked.evidence_share.value and checked.evidence_share.value > 0
    assert PersonaCard.read(templates / "persona" / "persona.yaml") == PersonaCard.read(folder / "persona.yaml")


def test_text_of_a_map_cannot_steer_the_terminal(file: Path) -> None:
    file.write_text(MAP.replace("They pay.", '"\\e[2Jgone"'))
    other = file.with_name("other.yaml")
    other.write_text(MAP)
    assert "\x1b" not in mapkit("diff", file, other).output


def test_the_help_comes_without_loading_what_only_the_commands_need() -> None:
    code = "import sys, mapkit.cli.maps; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pandas", "numpy", "ibis", "yaml", "jsonschema"} & set(loaded)
