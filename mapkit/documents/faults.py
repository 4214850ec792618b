"""What a schema cannot see is wrong in a document, each fault with the part that it is in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mapkit.documents.parsing import Parsed, Path
from mapkit.errors import DocumentError

_MOST_FAULTS = 5


@dataclass(frozen=True)
class Fault:
    """One contradiction: where in the document it is, and what is wrong in words."""

    path: Path
    says: str


class FaultyDocumentError(DocumentError):
    """A document that contradicts itself; ``faults`` says where in it."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(_joined([fault.says for fault in faults]))
        self.faults = faults

    def placed(self, parsed: Parsed) -> DocumentError:
        """Return the same error with file, line and column of every fault."""
        return DocumentError(_joined([f"{parsed.place(fault.path)}: {fault.says}" for fault in self.faults]))


def repeated(what: str, named: list[tuple[Path, str]]) -> Iterator[Fault]:
    """Yield a fault for each name that is there a second time; ``what`` is the plural of what is named."""
    seen: set[str] = set()
    for path, name in named:
        if name in seen:
            yield Fault(path, f"There are two {what} named {cut(name)!r}. Rename one: it is known by its name.")
        seen.add(name)


def cut(text: str) -> str:
    """Return a text short enough for a message."""
    return text if len(text) <= 40 else f"{text[:39]}…"


def _joined(said: list[str]) -> str:
    more = f"\n  and {len(said) - _MOST_FAULTS:,} more" if len(said) > _MOST_FAULTS else ""
    return "\n  ".join(said[:_MOST_FAULTS]) + more
