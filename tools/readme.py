"""Render nbs/index.ipynb to README.md with nbconvert.

Cells with `#| hide` are left out. Of those with `#| echo: false`, only the Markdown of their outputs is kept.
Directives are taken out of the code; links to files beside the notebook hold from the top of the repository.
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


def directives_of(cell) -> dict:
    "The directives of a cell."
    return getattr(cell, "directives_", None) or {}


def as_nbconvert(cells: list) -> nbformat.NotebookNode:
    "These cells as the notebook that nbconvert takes."
    kept = ["cell_type", "metadata", "source", "outputs", "execution_count"]
    plain = [{key: cell[key] for key in kept if key in cell} for cell in cells]
    language = dict(language_info=dict(name="python"))
    content = dict(cells=plain, metadata=language, nbformat=4, nbformat_minor=4)
    return nbformat.reads(json.dumps(content), as_version=4)


def render(notebook: Path) -> str:
    "The notebook as Markdown."
    cells = NBProcessor(notebook, process=True).nb.cells
    for cell in cells:
        if directives_of(cell).get("echo:") == ["false"]: as_prose(cell)
    shown = [cell for cell in cells if "hide" not in directives_of(cell) and cell.source.strip()]
    text, _ = MarkdownExporter().from_notebook_node(as_nbconvert(shown))
    text = re.sub(r"\]\((?!https?:|#|/)", "](nbs/", text)
    text = text.replace("](nbs/../", "](")
    note = "<!-- Made from nbs/index.ipynb by tools/readme.py: edit that. -->"
    return note + "\n\n" + re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


if __name__ == "__main__":
    (ROOT / "README.md").write_text(render(ROOT / "nbs/index.ipynb"), encoding="utf-8", newline="\n")
