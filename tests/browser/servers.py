"""JupyterLab and Voila as servers of the tests' own: a free port, a token, settings in a temporary folder."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TOKEN = "for-tests-only"

# No news, no question about news, and every cell in the page, also those that are scrolled out of sight.
LAB_SETTINGS = {
    "@jupyterlab/apputils-extension/notification": '{"fetchNews": "false", "checkForUpdates": false}',
    "@jupyterlab/notebook-extension/tracker": '{"windowingMode": "none"}',
}


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: where it listens and which folder it shows."""

    address: str
    folder: Path

    def url(self, notebook: str) -> str:
        """The page of one notebook, named by its path inside the folder."""
        return f"{self.address}/doc/tree/{notebook}?token={TOKEN}"


@contextmanager
def lab_server(folder: Path, settings: Path) -> Iterator[Lab]:
    """Serve a folder in JupyterLab."""
    for name, text in LAB_SETTINGS.items():
        file = settings / "lab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    options = [
        f"--IdentityProvider.token={TOKEN}",
        f"--ServerApp.root_dir={folder}",
        "--ServerApp.allow_root=True",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.expose_app_in_browser=True",
    ]
    with _serving("jupyterlab", "--ServerApp.port={port}", options, folder, settings) as address:
        yield Lab(address, folder)


@contextmanager
def voila_server(notebook: Path, settings: Path) -> Iterator[str]:
    """Serve one notebook in Voila; give its address."""
    options = ["--Voila.ip=127.0.0.1", str(notebook)]
    with _serving("voila", "--port={port}", options, notebook.parent, settings) as address:
        yield address


@contextmanager
def _serving(module: str, port_option: str, options: list[str], folder: Path, settings: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", module, "--no-browser", port_option.format(port=port), *options]
    log = settings / f"{module}.log"
    with log.open("w") as written:
        server = subprocess.Popen(
            command, cwd=folder, env=_environment(settings), stdout=written, stderr=subprocess.STDOUT
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, server, log)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()


def _environment(settings: Path) -> dict[str, str]:
    own = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "lab",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    kept = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    return kept | {name: str(settings / folder) for name, folder in own.items()}


def _wait_for(address: str, server: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/api?token={TOKEN}", timeout=2)
        except urllib.error.HTTPError:
            return  # it answers, if only to say no
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"The server did not start:\n{log.read_text()[-3000:]}")
