"""The Python that gives what an ecosystem explorer shows: the part, the path, the removal, the seeds."""

from __future__ import annotations

from typing import Any

_FILTERS = (("types", "types"), ("tie_types", "tie_types"), ("until", "end"))


def ecosystem_code(options: dict[str, Any]) -> str:
    """Return the code of what is shown over a variable ``ecosystem``.

    >>> print(ecosystem_code({"types": ["partner"], "path": ["a", "b"]}))
    import mapkit as mk
    <BLANKLINE>
    part = mk.Ecosystem.of(ecosystem).subset(types=['partner'])
    mk.plot(part)
    path = mk.find_paths(part, 'a', 'b')
    """
    chosen = {name: options[trait] for trait, name in _FILTERS if options.get(trait) is not None}
    lines = ["import mapkit as mk", ""]
    part = "mk.Ecosystem.of(ecosystem)"
    if options.get("stages_shown") is not None:
        lines += [f"whole = {part}", *_staged(options["stages"], options["stages_shown"])]
        part, chosen["actors"] = "whole", "staged"
    if chosen:
        given = ", ".join(f"{name}={'staged' if name == 'actors' else repr(value)}" for name, value in chosen.items())
        part += f".subset({given})"
    lines += [f"part = {part}", f"mk.plot(part{_looks(options)})"]
    if options.get("path"):
        source, target = options["path"]
        where = "part.where(part.ties.weights > 0)" if options.get("only_above_0") else "part"
        scale = f", scale={options['scale']!r}" if options.get("scale") else ""
        lines.append(f"path = mk.find_paths({where}, {source!r}, {target!r}{scale})")
    if options.get("removed"):
        lines.append(
            f"removal = mk.simulate_removal(part, {options['removed']!r}, baseline={options.get('baseline', 50)})"
        )
    rule = f"model={options.get('model')!r}, probability={options.get('probability')!r}"
    if options.get("find"):
        lines.append(f"seeds = mk.find_seeds(part, k={options['find']}, {rule})")
        lines.append(f"spread = mk.simulate_spread(part, seeds.actors, {rule}, runs=400)")
    elif options.get("seeds"):
        lines.append(f"spread = mk.simulate_spread(part, {options['seeds']!r}, {rule}, runs=400)")
    if options.get("selected"):
        lines.append(f"selection = part.actors[part.actors['actor'].isin({options['selected']!r})]")
    return "\n".join(lines)


def _staged(stages: Any, shown: list[str]) -> list[str]:
    """Return the lines that name the actors of some stages, of a column or of a table ``stages``."""
    if isinstance(stages, str):
        return [f"staged = whole.actors.loc[whole.actors[{stages!r}].isin({shown!r}), 'actor']"]
    return [
        f"of_stage = stages.loc[stages['stage'].isin({shown!r}), 'actor']",
        "staged = whole.actors.loc[whole.actors['actor'].isin(of_stage), 'actor']",
    ]


def _looks(options: dict[str, Any]) -> str:
    given = {name: options.get(name) for name in ("size", "colour")}
    usual = {"size": "strength", "colour": "type"}
    return "".join(
        f", {name}={value!r}" for name, value in given.items() if isinstance(value, str) and value != usual[name]
    )
