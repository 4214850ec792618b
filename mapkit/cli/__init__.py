"""The command line: thin commands over the workbench."""

from mapkit.cli.app import app

__all__ = ["app"]
