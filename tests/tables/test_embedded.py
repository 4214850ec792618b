"""Where the embedded database puts what does not fit into memory."""

import os
import subprocess
import sys
import tempfile

import pytest

from mapkit.tables.embedded import private_folder

pytestmark = pytest.mark.skipif(not hasattr(os, "getuid"), reason="Windows gives each user a temporary folder")


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_what_is_spilled_can_be_read_by_its_user_alone(temporary):
    folder = private_folder()
    assert folder.parent == temporary
    assert folder.stat().st_mode & 0o077 == 0
    assert private_folder() == folder


def test_a_folder_that_others_can_read_is_not_used(temporary):
    readable = private_folder()
    readable.chmod(0o755)
    assert private_folder() != readable


def test_a_link_that_somebody_put_in_its_place_is_not_followed(temporary, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (temporary / f"mapkit-{os.getuid()}").symlink_to(elsewhere)
    assert elsewhere not in [folder := private_folder(), *folder.parents]
    assert not folder.is_symlink()


def test_a_process_that_is_killed_before_it_spills_leaves_no_folder_of_its_own(tmp_path):
    script = """
import os, signal
import mapkit as mk
mk.read_events([{"customer": "a", "event": "b", "time": "2025-01-01"}]).to_pandas()
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", script], env=os.environ | {"TMPDIR": str(tmp_path)}, timeout=120)
    assert [list(folder.iterdir()) for folder in tmp_path.glob("mapkit-*")] == [[]]
