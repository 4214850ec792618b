"""`mapkit map`: journey maps as documents, checked, compared, drawn and converted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mapkit.cli.screen import clean, console, say

if TYPE_CHECKING:
    from mapkit.maps.journey_map import JourneyMap

FINDINGS_FAIL = 1
_COLOURS = {"error": "bold red", "warning": "yellow", "info": "bright_black"}

maps = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Journey maps as documents: check, diff, render, convert.",
)


@maps.command()
def check(
    file: Annotated[Path, typer.Argument(help="The map, YAML or JSON.")],
    inventory: Annotated[Path | None, typer.Option(help="The touchpoints: YAML, CSV or Excel.")] = None,
    notes: Annotated[Path | None, typer.Option(help="The research notes: YAML, CSV or Excel.")] = None,
    events: Annotated[str | None, typer.Option(help="The log: a file, or a database URL.")] = None,
    as_is: Annotated[Path | None, typer.Option(help="The map of what is, for a to-be map.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Let warnings fail as errors do.")] = False,
) -> None:
    """Say what is wrong with a map or missing from it, line by line, and how much of it is evidence.

    Exit codes: 0 nothing has to be mended, 1 an error (with --strict a warning too), 2 the file is no journey map.

    **Example**

    `mapkit map check map.yaml --inventory touchpoints.csv --notes notes.yaml`
    """
    # The findings themselves, not their table: half of the time would go into importing what makes tables.
    from mapkit.maps.journey_map import JourneyMap
    from mapkit.maps.journey_map.findings import find_faults, notes_of, title_of
    from mapkit.maps.journey_map.subject import subject_of

    subject = subject_of(JourneyMap.read(file), inventory, notes, events, as_is)
    findings = find_faults(subject)
    for each in findings:
        line = subject.line(each.path)
        console().print(clean(f"{file}:{line or 1}: "), end="", soft_wrap=True)
        console().print(each.severity, style=_COLOURS[each.severity], end=" ")
        say(f"{each.code}{f' ({each.cell})' if each.cell else ''}: {each.what} {each.to_do}")
    say(title_of(subject, findings), style="bold")
    for note in notes_of(subject):
        say(f"- {note}")
    failing = ("error", "warning") if strict else ("error",)
    if any(each.severity in failing for each in findings):
        raise typer.Exit(FINDINGS_FAIL)


@maps.command()
def diff(
    before: Annotated[str, typer.Argument(help="The older map: FILE, or REVISION:FILE of a git repository.")],
    after: Annotated[str, typer.Argument(help="The newer map: FILE, or REVISION:FILE.")],
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown, for a pull request.")] = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="End with 1 where anything differs.")] = False,
) -> None:
    """Say what changed between two maps: stages and steps moved, cells added, fields changed.

    Exit codes: 0 compared, 1 something differs (with --exit-code only), 2 one of them is no journey map.

    **Examples**

    `mapkit map diff march.yaml april.yaml`

    `mapkit map diff main:map.yaml map.yaml --markdown` what a pull request changes
    """
    from mapkit.maps.journey_map.change_text import as_markdown, as_text, title_of
    from mapkit.maps.journey_map.changes import find_changes

    old, new = _map_at(before), _map_at(after)
    changes = find_changes(old, new)
    say((as_markdown if markdown else as_text)(title_of(old, new), changes).rstrip())
    if exit_code and changes:
        raise typer.Exit(FINDINGS_FAIL)


@maps.command()
def render(
    file: Annotated[Path, typer.Argument(help="The map, YAML or JSON.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="An .svg, .png or .html file; FILE with .svg where left out.")
    ] = None,
) -> None:
    """Draw a map as a picture, or as a page that opens without a network.

    Exit codes: 0 drawn, 2 the file is no journey map, or cannot be drawn there.
    """
    from mapkit.maps.journey_map import JourneyMap
    from mapkit.plots.journey_map import save_journey_map

    journey_map = JourneyMap.read(file)
    target = out or file.with_suffix(".svg")
    save_journey_map(journey_map, target)
    say(str(target))


@maps.command()
def convert(
    file: Annotated[Path, typer.Argument(help="A map in any format that mapkit reads.")],
    out: Annotated[Path, typer.Argument(help="The new file; its ending says the format.")],
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 where anything is lost.")] = False,
) -> None:
    """Turn a map into another format, and say what is lost on the way.

    YAML and JSON are mapkit's own. Exit codes: 0 converted, 1 something is lost (with --strict only), 2 not converted.

    **Example**

    `mapkit map convert map.yaml map.mmd` for Mermaid
    """
    from mapkit.maps.formats import read_map, write_map

    read = read_map(file)
    written = write_map(read.map, out)
    for each in (read, written):
        say(str(each))
    if strict and (read.lost or written.lost):
        raise typer.Exit(FINDINGS_FAIL)


def _map_at(place: str) -> JourneyMap:
    from mapkit.documents import form_of
    from mapkit.maps.journey_map import JourneyMap

    revision, colon, file = place.rpartition(":")
    # A file of this name comes first: on Windows every full path has a colon.
    if not colon or Path(place).exists():
        return JourneyMap.read(place)
    return JourneyMap.from_yaml(_text_in_git(revision, Path(file)), name=place, form=form_of(Path(file)))


def _text_in_git(revision: str, file: Path) -> str:
    import subprocess

    from mapkit.errors import DocumentError, OptionError

    if not revision or revision.startswith("-"):
        raise OptionError(f"{revision!r} is not a revision. Write it as main:{file} or HEAD~1:{file}.")
    # cat-file, since git's show runs whatever filters the repository asks for.
    command = ["git", "-C", str(file.parent), "cat-file", "blob", f"{revision}:./{file.name}"]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        raise DocumentError(f"{revision}:{file} cannot be read: git is not installed.") from None
    if done.returncode:
        told = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise DocumentError(
            f"{revision}:{file} cannot be read from git: {told[-1].rstrip('.') if told else 'it is not there'}."
        )
    try:
        return done.stdout.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise DocumentError(f"{revision}:{file} is not UTF-8 text (byte {fault.start:,}).") from None
