"""What a text file is written in, found by reading all of it once."""

from __future__ import annotations

import codecs
import itertools
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from mapkit.errors import SourceError
from mapkit.tables.embedded import embedded

_COMPRESSIONS = {".gz": "gzip", ".zst": "zstd", ".bz2": "bz2", ".lz4": "lz4"}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHUNK = 1 << 22


@dataclass(frozen=True)
class TextFile:
    """A text file that the embedded database can read: UTF-8, and compressed in a way it knows.

    ``path`` is the file itself, or a copy in UTF-8 that lies in the temporary folder. ``said`` tells the encoding.
    """

    path: Path
    beginning: str
    said: tuple[str, ...] = ()
    copied: bool = False

    def close(self) -> None:
        """Delete the copy, where there is one."""
        if self.copied:
            self.path.unlink(missing_ok=True)


def open_text(path: Path, encoding: str | None = None) -> TextFile:
    """Find out what a file is written in, and hand on a UTF-8 file."""
    found = encoding or _encoding(path)
    try:
        same = codecs.lookup(found).name
    except LookupError:
        raise SourceError(f"encoding={encoding!r} is not known to Python. Try 'utf-8', 'cp1252' or 'utf-16'.") from None
    said = () if encoding or same == "utf-8" else (f"{path.name} is read as {_NAMES.get(same, same)}",)
    if (same in ("utf-8", "utf-8-sig") and path.suffix.lower() in ("", ".gz", ".zst")) or _is_plain(path, same):
        beginning = next(iter(_chunks(path)), b"").decode("utf-8-sig", errors="replace")
        return TextFile(path, beginning, said)
    copy = _copied(path, found)
    with copy.open(encoding="utf-8", newline="") as lines:
        return TextFile(copy, lines.read(_CHUNK), said, copied=True)


_NAMES = {
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252 (Latin-1)",
    "utf-8-sig": "UTF-8 (it begins with a byte order mark)",
}


def _is_plain(path: Path, codec: str) -> bool:
    return codec in ("utf-8", "utf-8-sig", "ascii") and path.suffix.lower() not in _COMPRESSIONS


def _encoding(path: Path) -> str:
    chunks = _chunks(path)
    first = next(chunks, b"")
    for mark, name in _MARKS:
        if first.startswith(mark):
            return name
    if first[:200].count(0) > len(first[:200]) // 4:
        return "utf-16-le" if first[:200:2].count(0) < first[1:200:2].count(0) else "utf-16-be"
    good, bad = _tally(first, chunks)
    # A few broken bytes in a file that is otherwise UTF-8 must not turn every umlaut into two wrong letters.
    return "utf-8" if good >= bad else "cp1252"


def _tally(first: bytes, rest: Iterator[bytes]) -> tuple[int, int]:
    """Letters beyond ASCII that are good UTF-8, and bytes that are not."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="surrogateescape")
    good = bad = 0
    for chunk in itertools.chain([first], rest):
        good, bad = _add(decoder.decode(chunk), good, bad)
    return _add(decoder.decode(b"", final=True), good, bad)


_BEYOND = re.compile("[^\x00-\x7f]")
_BROKEN = re.compile("[\udc80-\udcff]")


def _add(text: str, good: int, bad: int) -> tuple[int, int]:
    if text.isascii():
        return good, bad
    broken = len(_BROKEN.findall(text))
    return good + len(_BEYOND.findall(text)) - broken, bad + broken


def _chunks(path: Path) -> Iterator[bytes]:
    compression = _COMPRESSIONS.get(path.suffix.lower())
    try:
        with pa.input_stream(str(path), compression=compression) as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
    except (OSError, pa.ArrowException) as error:
        what = f"as {compression}: it may be cut off or of another kind" if compression else "from the disk"
        raise SourceError(f"{path} cannot be read {what} ({error}).") from None


def _copied(path: Path, encoding: str) -> Path:
    folder = embedded().con.execute("SELECT current_setting('temp_directory')").fetchone()[0]
    Path(folder).mkdir(parents=True, exist_ok=True)
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".txt", delete=False) as copy:
        for chunk in _chunks(path):
            copy.write(decoder.decode(chunk).encode("utf-8"))
        copy.write(decoder.decode(b"", final=True).encode("utf-8"))
    return Path(copy.name)
