"""A dataset is made once, whole, and again when its maker changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapkit.errors import OptionError, SourceError
from mapkit.workbench import list_datasets, load_dataset

MAKER = """
import json
from pathlib import Path
from .words import WORD

TABLES = {"spend": "spend.csv"}

def make(folder: Path, *, customers: int = 3, seed: int = 1, progress=None) -> Path:
    (folder / "spend.csv").write_text("channel,spend\\n" + f"{WORD},{seed}\\n" * customers)
    (folder / "truth.json").write_text(json.dumps({"customers": customers}))
    log = Path(__file__).parent.parent.parent / "made.log"
    log.write_text(log.read_text() + "." if log.exists() else ".")
    if progress:
        progress(1.0)
    return folder
"""


@pytest.fixture
def quay(shelves: Path) -> Path:
    folder = shelves / "datasets" / "quay"
    folder.mkdir()
    (folder / "__init__.py").write_text(MAKER)
    (folder / "words.py").write_text("WORD = 'email'\n")
    (folder / "card.md").write_text("# Quay\n\nA small shop,\nmade up.\n\n## Tables\n")
    return folder


def times_made(shelves: Path) -> int:
    return len((shelves / "made.log").read_text())


def test_a_dataset_is_made_once(quay: Path, shelves: Path) -> None:
    first, again = load_dataset("quay"), load_dataset("quay", customers=3)
    assert first.folder == again.folder
    assert times_made(shelves) == 1
    assert list(first.frame("spend")["channel"]) == ["email"] * 3
    assert first.truth == {"customers": 3}
    assert first.summary == "A small shop, made up."
    assert list_datasets() == ["quay"]


def test_another_size_or_seed_is_another_dataset(quay: Path, shelves: Path) -> None:
    made = [load_dataset("quay"), load_dataset("quay", customers=5), load_dataset("quay", seed=2)]
    folders = {dataset.folder for dataset in made}
    assert len(folders) == times_made(shelves) == 3
    assert len(load_dataset("quay", customers=5).frame("spend")) == 5


def test_an_edited_maker_makes_it_anew(quay: Path, shelves: Path) -> None:
    before = load_dataset("quay")
    (quay / "words.py").write_text("WORD = 'display'\n")
    after = load_dataset("quay")
    assert list(before.frame("spend")["channel"].unique()) == ["email"]
    assert list(after.frame("spend")["channel"].unique()) == ["display"]
    assert times_made(shelves) == 2


def test_an_interrupted_make_leaves_nothing(quay: Path, shelves: Path) -> None:
    def stop(_share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_dataset("quay", progress=stop)
    assert list((shelves / "cache" / "datasets").iterdir()) == []
    assert len(load_dataset("quay").frame("spend")) == 3


def test_a_dataset_made_meanwhile_by_another_process_is_taken(quay: Path, shelves: Path) -> None:
    def finish_first(_share: float) -> None:
        if times_made(shelves) == 1:
            load_dataset("quay")

    raced = load_dataset("quay", progress=finish_first)
    assert len(raced.frame("spend")) == 3
    assert [path.name for path in (shelves / "cache" / "datasets").iterdir()] == [raced.folder.name]


def test_an_unknown_name_is_answered_with_the_nearest(quay: Path) -> None:
    with pytest.raises(SourceError, match=r"There are 'quay'. Did you mean 'quay'"):
        load_dataset("quai")
    with pytest.raises(SourceError, match=r"no table 'spent'. It has 'spend'. Did you mean 'spend'\?"):
        load_dataset("quay").frame("spent")
    with pytest.raises(SourceError, match=r"no table 'events'. It has 'spend'"):
        load_dataset("quay").events  # noqa: B018
    with pytest.raises(SourceError, match=r"no file 'spent.csv'.*Did you mean 'spend.csv'"):
        load_dataset("quay").path("spent.csv")


@pytest.mark.parametrize("customers", [0, -5, 2.5, True, "many"])
def test_a_size_that_is_none_is_an_error(quay: Path, customers: object) -> None:
    with pytest.raises(OptionError, match="not a whole number"):
        load_dataset("quay", customers=customers)


def test_a_dataset_of_one_size_takes_no_size(quay: Path) -> None:
    (quay / "__init__.py").write_text("TABLES = {}\ndef make(folder, **ignored):\n    return folder\n")
    assert load_dataset("quay").files() == []
    with pytest.raises(OptionError, match="no customers to choose"):
        load_dataset("quay", customers=10)


def test_a_copy_never_overwrites(quay: Path, tmp_path: Path) -> None:
    target = tmp_path / "mine" / "quay"
    load_dataset("quay").copy_to(target)
    assert sorted(path.name for path in target.iterdir()) == ["card.md", "spend.csv", "truth.json"]
    with pytest.raises(OptionError, match="not empty"):
        load_dataset("quay").copy_to(target)
