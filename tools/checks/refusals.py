"""What no cell, module or stored output may hold.

A refusal takes the top of a project, and returns the places where it is broken and how many things it read.
"""
from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from .sources import (PACKAGE, Cell, code_cells, is_directive, modules_in, named, notebooks_in, parsed,
                      tools_in)

LINES, CHARACTERS, COLUMNS = 25, 1_000, 110
Found = tuple[list[str], int]


# --- folders of one machine

# a folder that is there on one machine alone: temporary, home, of a user, of a workplace, a drive of Windows
FOLDERS = r"tmp|work|root|mnt|home/\w+|Users/\w+|var/folders|scratch"
OF_ONE_MACHINE = re.compile(rf"(?<![\w.:/~$}}*])/(?:{FOLDERS})(?:/|\b)|\b[A-Z]:\\\\?(?:Users|Temp)\b")


def stored_text(cell: Cell) -> str:
    "The text that a cell's outputs hold, without pictures."
    held = [output.get("data", output) for output in cell.outputs]
    texts = [{key: value for key, value in each.items() if not key.startswith("image/")} for each in held]
    return json.dumps(texts, ensure_ascii=False)


def machine_paths(root: Path) -> Found:
    "Folders outside the repository, in code and in stored outputs: they are missing on every other machine."
    wrong: list[str] = []

    def look(place: str, text: str, pattern: re.Pattern = OF_ONE_MACHINE) -> None:
        for hit in pattern.finditer(text):
            wrong.append(f"{place}: {text[max(hit.start() - 20, 0):hit.end() + 20]!r}")

    files = [*modules_in(root), *tools_in(root), *root.glob("benchmark_data/*.csv")]
    for path in files: look(named(path, root), path.read_text(encoding="utf-8"))
    for path in notebooks_in(root):
        outside = re.compile(r"(?:\.\./){%d}" % len(path.relative_to(root).parts))
        for cell in code_cells(root, path):
            for place, text in ((cell.place, cell.source), (cell.place + ", output", stored_text(cell))):
                look(place, text)
                look(place, text, outside)
    return wrong, len(files) + len(notebooks_in(root))


# --- warnings in what is stored

def stored_warnings(root: Path) -> Found:
    "Outputs on stderr, tracebacks, and the text `Warning:` in another output: readers of the page see them."
    wrong, counted = [], 0
    for cell in code_cells(root):
        counted += len(cell.outputs)
        for output in cell.outputs:
            warned = re.search(r"\w*Warning:.{0,60}", stored_text(cell._replace(outputs=[output])))
            if output.get("name") == "stderr": said = f"stderr {''.join(output['text'])[:80]!r}"
            elif output["output_type"] == "error": said = output["ename"]
            elif warned: said = repr(warned[0])
            else: continue
            wrong.append(f"{cell.place}: {said}")
    return wrong, counted


# --- private names across modules

def is_private(name: str) -> bool:
    "Whether a name begins with one underscore."
    return name.startswith("_") and not name.startswith("__")


def imported_modules(tree: ast.Module, modules: set[str]) -> dict[str, str]:
    "Modules of the package, by the names that this code binds them to; '' stands for the package itself."
    bound = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                top, _, rest = name.name.partition(".")
                if top == PACKAGE: bound[name.asname or top] = rest if name.asname else ""
        elif isinstance(node, ast.ImportFrom) and (node.level and not node.module or node.module == PACKAGE):
            bound |= {name.asname or name.name: name.name for name in node.names if name.name in modules}
    return bound


def is_module(node: ast.expr, bound: dict[str, str], modules: set[str]) -> bool:
    "Whether an expression, as `x` or `msi_selfsup.x`, is a module of the package."
    if isinstance(node, ast.Name): return node.id in bound
    return isinstance(node, ast.Attribute) and node.attr in modules and is_module(node.value, bound, modules)


def imported_names(node: ast.AST) -> Iterator[str]:
    "The private names that a statement `from .x import _y` imports."
    if not isinstance(node, ast.ImportFrom): return
    origin = "." * node.level + (node.module or "")
    if not node.level and origin.partition(".")[0] != PACKAGE: return
    yield from (f"from {origin} import {name.name}" for name in node.names if is_private(name.name))


def reached_names(node: ast.AST, bound: dict[str, str], modules: set[str]) -> Iterator[str]:
    "The private name that an expression `x._y` reaches for, where `x` is a module of the package."
    if isinstance(node, ast.Attribute) and is_private(node.attr) and is_module(node.value, bound, modules):
        yield ast.unparse(node)


def trees_of(root: Path) -> Iterator[list[tuple[str, ast.Module]]]:
    "The code, by place, of each notebook, tool and hand-written module; the others come from the notebooks."
    for path in (*modules_in(root), *tools_in(root)):
        text, place = path.read_text(encoding="utf-8"), named(path, root)
        if "AUTOGENERATED! DO NOT EDIT!" not in text.split("import")[0]: yield [(place, parsed(text, place))]
    for path in notebooks_in(root):
        yield [(cell.place, parsed(cell.source, cell.place)) for cell in code_cells(root, path)]


def private_imports(root: Path) -> Found:
    "Private names of a module in another one, in a notebook or in a tool: such a name is for its own module."
    modules, wrong, counted = {path.stem for path in modules_in(root)}, [], 0
    for trees in trees_of(root):
        counted += 1
        bound: dict[str, str] = {}
        for _, tree in trees: bound |= imported_modules(tree, modules)
        for place, node in ((place, node) for place, tree in trees for node in ast.walk(tree)):
            names = [*imported_names(node), *reached_names(node, bound, modules)]
            wrong += [f"{place}: {name}" for name in names]
    return wrong, counted


# --- long cells and long lines

def size(lines: list[str]) -> tuple[int, int]:
    "Lines and characters of code: blank lines and directives count for neither, comments and docstrings do."
    counted = [line.rstrip() for line in lines if line.strip() and not is_directive(line)]
    return len(counted), sum(len(line) + 1 for line in counted)


def fits(lines: list[str]) -> bool:
    "Whether these lines of code are few enough for one cell."
    return all(found <= most for found, most in zip(size(lines), (LINES, CHARACTERS)))


def is_settings(node: ast.stmt, lines: list[str]) -> bool:
    "Whether a statement is a dataclass none of whose methods is too long for a cell."
    if not isinstance(node, ast.ClassDef): return False
    if not any("dataclass" in ast.unparse(each) for each in node.decorator_list): return False
    methods = [each for each in node.body if isinstance(each, ast.FunctionDef)]
    return all(fits(lines[method.lineno - 1:method.end_lineno]) for method in methods)


def without_parameters(source: str) -> list[str]:
    "The lines of a cell without a function's parameters, where they stand one per line."
    lines, left = source.splitlines(), set()
    for node in parsed(source).body:
        if isinstance(node, ast.FunctionDef): left |= set(range(node.lineno, node.body[0].lineno - 1))
    return [line for number, line in enumerate(lines) if number not in left]


def is_long(source: str) -> bool:
    """Whether an exported cell is longer than a reader takes in at once: over 25 lines or 1,000 characters.

    Counted are lines of code, docstrings and comments, with their line ends. Not counted are blank lines,
    directives such as `#| export`, and the parameters of a function that stand one per line, each with its
    comment: they are a table. A cell is exempt where each statement is one of these: a dataclass with no
    method that is itself over the limits (settings), an assignment (a constant, a table), an import.
    """
    lines = source.splitlines()
    if fits(without_parameters(source)): return False
    plain = (ast.Assign, ast.AnnAssign, ast.Import, ast.ImportFrom)
    return not all(isinstance(node, plain) or is_settings(node, lines) for node in parsed(source).body)


def long_cells(root: Path) -> Found:
    "Exported cells that are too long, see `is_long`."
    cells = [cell for cell in code_cells(root) if cell.exported]
    sizes = {cell.place: size(cell.source.splitlines()) for cell in cells if is_long(cell.source)}
    return [f"{place}: {n} lines, {length:,} characters" for place, (n, length) in sizes.items()], len(cells)


def long_lines(root: Path) -> Found:
    "Lines of more than 110 columns, in any code cell of any notebook, in the tools and in setup.py."
    texts = [(cell.place, cell.source) for cell in code_cells(root)]
    texts += [(named(path, root), path.read_text(encoding="utf-8")) for path in tools_in(root)]
    wrong = [f"{place} line {number}: {len(line)} columns" for place, text in texts
             for number, line in enumerate(text.splitlines(), 1) if len(line) > COLUMNS]
    return wrong, len(texts)


# name: what breaks it, and what it looked at
REFUSALS: dict[str, tuple[Callable[[Path], Found], str]] = {
    "paths": (machine_paths, "files name no folder of one machine"),
    "warnings": (stored_warnings, "stored outputs hold no warning"),
    "private": (private_imports, "files use no private name of another module"),
    "cells": (long_cells, f"exported cells hold at most {LINES} lines and {CHARACTERS:,} characters"),
    "lines": (long_lines, f"cells and files hold at most {COLUMNS} columns"),
}


def refuse(name: str, root: Path) -> tuple[bool, str]:
    "Whether a refusal finds nothing, and what to say of it."
    look, holds = REFUSALS[name]
    wrong, counted = look(root)
    said = f"{counted} {holds}" if not wrong else f"{len(wrong)} places where it does not hold that {holds}:"
    return counted > 0 and not wrong, "\n     ".join([said, *wrong])
