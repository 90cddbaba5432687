"""Render nbs/index.ipynb to README.md with nbconvert.

Cells with `#| hide` are left out, of those with `#| echo: false` only the Markdown that they put out is kept, directives
are taken out of the code, and links to files beside the notebook are made to hold from the top of the repository.
"""
from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
from nbconvert import MarkdownExporter
from nbdev.process import NBProcessor

ROOT = Path(__file__).resolve().parents[1]


def as_prose(cell) -> None:
    "Make a code cell a Markdown cell that says what the code put out."
    cell.source = "\n\n".join("".join(output["data"]["text/markdown"]) for output in cell.outputs)
    cell.cell_type = "markdown"
    for key in ("outputs", "execution_count"): cell.pop(key, None)


def render(notebook: Path) -> str:
    "The notebook as Markdown."
    nb = NBProcessor(notebook, process=True).nb
    for cell in nb.cells:
        if (getattr(cell, "directives_", None) or {}).get("echo:") == ["false"]: as_prose(cell)
    nb.cells = [cell for cell in nb.cells if "hide" not in (getattr(cell, "directives_", None) or {}) and cell.source.strip()]
    for cell in nb.cells: cell.pop("directives_", None)
    cells = [{key: cell[key] for key in ("cell_type", "metadata", "source", "outputs", "execution_count") if key in cell} for cell in nb.cells]
    plain = dict(cells=cells, metadata=dict(language_info=dict(name="python")), nbformat=4, nbformat_minor=4)
    text, _ = MarkdownExporter().from_notebook_node(nbformat.reads(json.dumps(plain), as_version=4))
    text = re.sub(r"\]\((?!https?:|#|/)", "](nbs/", text).replace("](nbs/../", "](")
    return "<!-- Made from nbs/index.ipynb by tools/readme.py: edit that. -->\n\n" + re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


if __name__ == "__main__": (ROOT / "README.md").write_text(render(ROOT / "nbs/index.ipynb"), encoding="utf-8")
