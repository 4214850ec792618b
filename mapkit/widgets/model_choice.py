"""The stage models a reader can choose between: those of mapkit, and one of their own."""

from __future__ import annotations

from dataclasses import dataclass

from mapkit.errors import OptionError, listed, nearest
from mapkit.stages import StageModel
from mapkit.stages.built_in import built_in

_LABELS = {"AARRR": "AARRR", "JOURNEY": "Customer journey", "TOFU_MOFU_BOFU": "TOFU, MOFU, BOFU"}


@dataclass(frozen=True)
class ModelChoice:
    """Models by key. ``own`` is the key of the reader's own model, or empty; ``first`` the key chosen at the start."""

    own: StageModel | None
    first: str

    @classmethod
    def of(cls, model: StageModel | str | None) -> ModelChoice:
        """Return the choice around a model, the name of a built-in one, or none."""
        if not isinstance(model, StageModel):
            return cls(None, model or "")
        known = next((key for key in _LABELS if model == built_in(key)), None)
        return cls(None, known) if known else cls(model, f"own: {model.name}")

    def labels(self, without: str) -> list[list[str]]:
        """Return [key, label] of every choice; ``without`` is the label of no model."""
        own = [[self.first, self.own.name]] if self.own else []
        return [["", without], *own, *([key, label] for key, label in _LABELS.items())]

    def get(self, key: str) -> StageModel | None:
        """Return the model of a key, None for the empty one. Raises OptionError for an unknown one."""
        if not key:
            return None
        if self.own is not None and key == self.first:
            return self.own
        if key not in _LABELS:
            raise OptionError(
                f"There is no stage model {key!r} here. There is {listed(_LABELS)}.{nearest(key, _LABELS)} Give a model"
                " of your own when the explorer is made: FunnelExplorer(events, model=model)."
            )
        return built_in(key)

    def expression(self, key: str) -> str:
        """Return the Python expression of a key's model: ``mk.AARRR``, or ``model`` for the reader's own."""
        if not key:
            return ""
        return "model" if self.own is not None and key == self.first else f"mk.{key}"
