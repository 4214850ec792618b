"""A small notebook with one of each: a slider, a figure that follows it, a canvas that talks both ways."""

from __future__ import annotations

from textwrap import dedent

import nbformat
from nbformat import NotebookNode

CELLS = [
    """
    import anywidget, ipywidgets, matplotlib.pyplot as plt, traitlets
    days = ipywidgets.IntSlider(value=7, min=1, max=30, description="days")
    def draw(days):
        plt.figure(figsize=(4, 2))
        plt.bar(["visit", "buy"], [30, days])
        plt.show()
    ipywidgets.VBox([days, ipywidgets.interactive_output(draw, {"days": days})])
    """,
    '''
    class Moods(anywidget.AnyWidget):
        _esm = """
        export default { render({ model, el }) {
          const draw = () => {
            el.replaceChildren(...model.get("moods").map((mood, i) => {
              const button = document.createElement("button");
              button.className = "mood";
              button.textContent = `mood ${mood}`;
              button.onclick = () => {
                model.set("moods", model.get("moods").map((m, j) => j === i ? m + 1 : m));
                model.save_changes();
              };
              return button;
            }));
          };
          model.on("change:moods", draw);
          draw();
          return () => model.off("change:moods", draw);
        } };
        """
        moods = traitlets.List().tag(sync=True)

    moods = Moods(moods=[1, -1, 2])
    total = ipywidgets.Label("total 2")
    moods.observe(lambda change: setattr(total, "value", f"total {sum(change.new)}"), "moods")
    ipywidgets.VBox([moods, total])
    ''',
]


def small_notebook() -> NotebookNode:
    """The notebook, not yet run."""
    text = nbformat.v4.new_markdown_cell("# Small & <simple>")
    return nbformat.v4.new_notebook(
        cells=[text, *(nbformat.v4.new_code_cell(dedent(cell).strip()) for cell in CELLS)],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
