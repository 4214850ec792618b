"""Widgets by what they hold: the same tree from a stored notebook and from a live kernel, free of random ids."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
PICTURE = "image/png"

# Machinery and looks; what remains is what a reader sees and can change.
IGNORED = re.compile(
    r"_model_|_view_|_dom_|_anywidget_id$|_esm$|_css$|layout$|style$|tabbable$|tooltip$|msg_id$|outputs$"
)
CAPTURED = ("stream", "display_data", "execute_result", "error", "clear_output")

Models = Mapping[str, dict[str, Any]]


def stored_models(notebook: Mapping[str, Any]) -> Models:
    """The widgets that a notebook was saved with: model id to state."""
    saved = notebook["metadata"].get("widgets", {}).get(STATE, {}).get("state", {})
    models = {}
    for model_id, model in saved.items():
        state = {**model["state"], "_model_name": model.get("model_name")}
        for buffer in model.get("buffers", ()):
            _put(state, buffer["path"], buffer["data"])
        models[model_id] = state
    return models


def shown_models(outputs: list[Mapping[str, Any]]) -> list[str]:
    """The ids of the widgets that these outputs show, in order."""
    return [output["data"][VIEW]["model_id"] for output in outputs if VIEW in output.get("data", {})]


def widget_tree(model_id: str, models: Models, pictures: list[str]) -> Any:
    """A widget and all below it as plain data, ids replaced by content.

    Pictures are appended to ``pictures`` instead, for they are compared with a tolerance.
    """
    state = models.get(model_id)
    if state is None:
        return "a widget whose state is missing"

    def plain(value: Any) -> Any:
        if isinstance(value, str) and value.startswith("IPY_MODEL_"):
            return widget_tree(value.removeprefix("IPY_MODEL_"), models, pictures)
        if isinstance(value, Mapping):
            return {str(key): plain(item) for key, item in sorted(value.items())}
        if isinstance(value, list | tuple):
            return [plain(item) for item in value]
        return float(f"{value:.9g}") if isinstance(value, float) else value

    tree = {key: plain(value) for key, value in sorted(state.items()) if not IGNORED.match(key) and value is not None}
    if "outputs" in state:
        tree["outputs"] = [_captured(output, pictures) for output in state["outputs"]]
    return {str(state.get("_model_name")): tree}


def _captured(output: Mapping[str, Any], pictures: list[str]) -> Any:
    if "data" not in output:
        return {key: output[key] for key in ("name", "text", "ename", "evalue") if key in output}
    data = dict(output["data"])
    if PICTURE in data:
        pictures.append(data[PICTURE])
        data[PICTURE] = "a picture"
    return data


class LiveWidgets:
    """The widgets of a running kernel, followed through its messages as nbclient follows them when it records."""

    def __init__(self) -> None:
        self.models: dict[str, dict[str, Any]] = {}
        self._capturing: dict[str, list[str]] = {}  # message id of a cell -> Output widgets now open
        self._clear_next: set[str] = set()

    def follow(self, message: dict[str, Any]) -> dict[str, Any]:
        """Take in one kernel message; what an Output widget catches comes back as a message nbval passes over."""
        kind, parent = message["msg_type"], message["parent_header"].get("msg_id")
        if kind in ("comm_open", "comm_msg"):
            self._update(message)
        elif kind in CAPTURED and self._capturing.get(parent):
            self._capture(self._capturing[parent][-1], kind, message["content"])
            return {**message, "msg_type": "comm_captured"}
        return message

    def _update(self, message: dict[str, Any]) -> None:
        content = message["content"]
        model_id, data = content["comm_id"], content.get("data", {})
        state = dict(data.get("state", {}))
        for path, buffer in zip(data.get("buffer_paths", ()), message.get("buffers", ()), strict=False):
            _put(state, path, base64.b64encode(bytes(buffer)).decode())
        if message["msg_type"] == "comm_open" and content.get("target_name") == "jupyter.widget":
            self.models[model_id] = state
        elif model_id in self.models and data.get("method") in ("update", "echo_update"):
            self.models[model_id].update(state)
        if model_id in self.models and "msg_id" in state:
            for open_widgets in self._capturing.values():
                if model_id in open_widgets:
                    open_widgets.remove(model_id)
            if state["msg_id"]:
                self._capturing.setdefault(state["msg_id"], []).append(model_id)

    def _capture(self, model_id: str, kind: str, content: Mapping[str, Any]) -> None:
        outputs = list(self.models[model_id].get("outputs", ()))
        if kind == "clear_output" and content.get("wait"):
            self._clear_next.add(model_id)
            return
        if kind == "clear_output" or model_id in self._clear_next:
            self._clear_next.discard(model_id)
            outputs = []
        if kind == "stream" and outputs and outputs[-1].get("name") == content["name"]:
            outputs[-1] = {**outputs[-1], "text": outputs[-1]["text"] + content["text"]}
        elif kind != "clear_output":
            outputs.append({key: value for key, value in content.items() if key not in ("metadata", "transient")})
        self.models[model_id]["outputs"] = outputs


def _put(state: dict[str, Any], path: list[Any], value: str) -> None:
    *way, last = path
    place: Any = state
    for step in way:
        place = place[step]
    if isinstance(place, list) and last == len(place):
        place.append(value)
    else:
        place[last] = value
