"""The notebooks that a change concerns: those that differ from the last commit, and those that use them."""
from __future__ import annotations

import ast
import configparser
import re
import subprocess
from pathlib import Path

from .sources import PACKAGE, code_cells, modules_in, notebooks_in, parsed


def changed_files(root: Path) -> set[Path]:
    "Files that differ from HEAD, or that git does not know yet."
    command = ["git", "status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames"]
    done = subprocess.run(command, cwd=root, capture_output=True, check=True)
    return {root / entry[3:].decode() for entry in done.stdout.split(b"\0") if entry}


def module_of(notebook: Path, root: Path) -> str:
    "The module that a notebook exports, '' for none."
    source = "\n".join(cell.source for cell in code_cells(root, notebook))
    found = re.search(r"(?m)^#\s*\|\s*default_exp\s+(\w+)", source)
    return found[1] if found else ""


def imports_of(tree: ast.Module, modules: set[str], relative: bool) -> set[str]:
    "Modules of the package that code imports; `__init__` for names that it takes from the package itself."
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            paths = [name.name.split(".") for name in node.names]
            found |= {path[1] if len(path) > 1 else "__init__" for path in paths if path[0] == PACKAGE}
        elif isinstance(node, ast.ImportFrom):
            path = [*[PACKAGE] * bool(node.level and relative), *filter(None, (node.module or "").split("."))]
            if path[:1] != [PACKAGE]: continue
            names = {name.name if name.name in modules else "__init__" for name in node.names}
            found |= {path[1]} if len(path) > 1 else names
    return found & modules


def module_graph(root: Path) -> dict[str, set[str]]:
    "For each module those that it imports; `__init__` may import on demand what it names in strings."
    paths = {path.stem: path for path in modules_in(root)}
    trees = {name: parsed(path.read_text(encoding="utf-8")) for name, path in paths.items()}
    graph = {name: imports_of(tree, set(paths), relative=True) for name, tree in trees.items()}
    strings = (node.value for node in ast.walk(trees["__init__"]) if isinstance(node, ast.Constant))
    graph["__init__"] |= {word.lstrip(".") for word in strings if isinstance(word, str)} & paths.keys()
    return graph


def commands_of(root: Path) -> dict[str, str]:
    "The console scripts, and the module of each."
    settings = configparser.ConfigParser(delimiters=["="], interpolation=None)
    settings.read(root / "settings.ini", encoding="utf-8")
    scripts = settings["DEFAULT"].get("console_scripts", "")
    return dict(re.findall(rf"([\w-]+)\s*=\s*{PACKAGE}\.(\w+)", scripts))


def used_by(notebook: Path, root: Path, modules: set[str], commands: dict[str, str]) -> set[str]:
    "The modules that a notebook imports, and those whose commands it runs."
    found: set[str] = set()
    for cell in code_cells(root, notebook):
        found |= imports_of(parsed(cell.source, cell.place), modules, relative=False)
        found |= {module for command, module in commands.items() if re.search(rf"\b{command}\b", cell.source)}
    return found


def all_users(start: set[str], graph: dict[str, set[str]]) -> set[str]:
    "These modules and all that import them, directly or through others."
    while more := {name for name, imported in graph.items() if imported & start} - start: start = start | more
    return start


def changed_notebooks(root: Path) -> list[Path]:
    "The notebooks to run after a change: call it when the modules are exported."
    changed, notebooks = changed_files(root), notebooks_in(root)
    graph, commands = module_graph(root), commands_of(root)
    exported = {path: module_of(path, root) for path in notebooks}
    in_package = {path for path in changed if path.parent == root / PACKAGE}
    start = {path.stem for path in in_package} | {exported[path] for path in notebooks if path in changed}
    start |= {path.stem for path in modules_in(root) for file in in_package
              if file.suffix != ".py" and file.name in path.read_text(encoding="utf-8")}
    users = all_users(start & graph.keys(), graph)
    return [path for path in notebooks if path in changed or exported[path] in users
            or used_by(path, root, set(graph), commands) & users]
