"""A document in the making: what it was before each change, undone and redone one by one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Generic, TypeVar

Document = TypeVar("Document")


@dataclass(frozen=True)
class History(Generic[Document]):
    """A document, those before it and those undone, each with what was done in words.

    ``most`` is how many changes are remembered; None is all of them.
    """

    now: Document
    past: tuple[tuple[str, Document], ...] = ()
    future: tuple[tuple[str, Document], ...] = ()
    most: int | None = None

    @property
    def undoes(self) -> str:
        """What undoing would take back; empty when there is nothing."""
        return self.past[-1][0] if self.past else ""

    @property
    def redoes(self) -> str:
        """What redoing would do again; empty when there is nothing."""
        return self.future[-1][0] if self.future else ""

    def changed(self, what: str, document: Document) -> History[Document]:
        """Return the history with another document; what was undone is forgotten. An equal one changes nothing."""
        if document == self.now:
            return self
        past = (*self.past, (what, self.now))
        return replace(self, now=document, past=past[-self.most :] if self.most else past, future=())

    def undone(self) -> History[Document]:
        """Return the history before the last change; the same when there is none."""
        if not self.past:
            return self
        (what, before), past = self.past[-1], self.past[:-1]
        return replace(self, now=before, past=past, future=(*self.future, (what, self.now)))

    def redone(self) -> History[Document]:
        """Return the history with what was undone last done again; the same when there is nothing."""
        if not self.future:
            return self
        (what, after), future = self.future[-1], self.future[:-1]
        return replace(self, now=after, past=(*self.past, (what, self.now)), future=future)
