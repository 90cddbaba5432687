"""Checks of the checks: a small project that passes them, and faults planted in it, which they must find."""
from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from . import project
from .changed import changed_notebooks
from .notebooks import check_notebook
from .pictures import few_colours
from .refusals import REFUSALS, refuse
from .sources import PACKAGE, run

SMALL, OTHER, INDEX = "nbs/00_small.ipynb", "nbs/01_other.ipynb", "nbs/index.ipynb"
MODULE = f"{PACKAGE}/small.py"
HOME = "/" + "home/ada/x.csv"
LONG = "#" * 111
FAULTY = "def f(x: int) -> int: return x\n"

QUARTO = """\
website:
  sidebar:
    contents: [index.ipynb, 00_small.ipynb, 01_other.ipynb]
"""

CELLS = {
    SMALL: ["#| default_exp small", "# Small\n\n> A module.", "#| export\nfrom __future__ import annotations",
            "#| export\nimport typing\n\nfrom fastcore.basics import patch", "#| export\nKind = typing.Any",
            "#| export\nclass Number:\n    \"A number.\"\n    def __init__(self, x:int): self.x = x",
            "#| export\n@patch\ndef doubled(self:Number) -> int:\n    \"Twice it.\"\n    return 2 * self.x",
            "#| export\ndef four() -> int:\n    \"Twice two.\"\n    return Number(2).doubled()",
            "from msi_selfsup.small import Number as Same", "assert Same(2).doubled() == 4\nfour()"],
    OTHER: ["#| default_exp other", "# Other\n\n> A module.", "#| export\nfrom msi_selfsup.small import four",
            "#| export\ndef eight() -> int:\n    \"Twice four.\"\n    return 2 * four()", "eight()"],
    INDEX: ["# A project\n\nIt has [a module](00_small.ipynb#small).", "1 + 1"],
}


# --- the small project

def code(source: str, *outputs: dict) -> dict:
    "A code cell."
    lines = source.splitlines(True)
    return dict(cell_type="code", execution_count=None, metadata={}, outputs=list(outputs), source=lines)


def markdown(source: str) -> dict:
    "A Markdown cell."
    return dict(cell_type="markdown", metadata={}, source=source.splitlines(True))


def text_output(text: str) -> dict:
    "An output that is text."
    return dict(data={"text/plain": [text]}, execution_count=None, metadata={}, output_type="execute_result")


def stream(name: str, text: str) -> dict:
    "An output that was printed."
    return dict(name=name, output_type="stream", text=[text])


def notebook(sources: list[str], *outputs: dict) -> dict:
    "A notebook: what begins with `# ` is Markdown, the last cell has these outputs."
    cells = [markdown(source) if source.startswith("# ") else code(source) for source in sources]
    cells[-1]["outputs"] = [*outputs]
    for number, cell in enumerate(cells): cell["id"] = f"cell{number}"
    kernel = dict(display_name="python3", language="python", name="python3")
    return dict(cells=cells, metadata=dict(kernelspec=kernel), nbformat=4, nbformat_minor=5)


def write_json(path: Path, content: dict) -> None:
    "Write a notebook as nbdev does."
    text = json.dumps(content, sort_keys=True, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def make_project(root: Path, top: Path) -> Path:
    "A small project with the settings of this one, exported, clean and rendered."
    for folder in ("nbs", "tools", PACKAGE): (top / folder).mkdir(parents=True)
    for name in ("settings.ini", "pyproject.toml", "tools/readme.py"):
        shutil.copyfile(root / name, top / name)
    for name, sources in CELLS.items(): write_json(top / name, notebook(sources, text_output("4")))
    (top / "nbs/_quarto.yml").write_text(QUARTO, encoding="utf-8")
    (top / "setup.py").write_text('"Build script."\n', encoding="utf-8")
    for command in (["nbdev_export"], ["nbdev_clean"], [sys.executable, "tools/readme.py"]):
        done = run(command, top, PYTHONUTF8="1")
        if done.returncode: raise RuntimeError(f"{command}: {done.stderr}")
    return top


# --- faults

def cell_of(source: str, *outputs: dict, at: str = SMALL) -> Callable[[Path], None]:
    "Plant a code cell at the end of a notebook."
    def plant(top: Path) -> None:
        content = json.loads((top / at).read_text(encoding="utf-8"))
        content["cells"].append({**code(source, *outputs), "id": "planted"})
        write_json(top / at, content)
    return plant


def text_in(name: str, text: str) -> Callable[[Path], None]:
    "Plant text at the end of a file, or a file."
    def plant(top: Path) -> None:
        with (top / name).open("a", encoding="utf-8") as file: file.write(text)
    return plant


def only(source: str, *outputs: dict) -> Callable[[Path], None]:
    "Put a notebook in the place of the small one, with this cell alone."
    return lambda top: write_json(top / SMALL, notebook([source], *outputs))


def without(name: str) -> Callable[[Path], None]:
    "Delete a file."
    return lambda top: (top / name).unlink()


def lines(count: int, before: str = "def f():", line: str = "    x = 1") -> str:
    "An exported cell of so many lines, with a blank one."
    return "\n".join(["#| export", before, "", *[line] * (count - 1)])


class Plant(NamedTuple):
    "A change of the small project, and what the check must then say; None where it must still pass."
    check: str
    plant: Callable[[Path], None]
    says: str | None


SETTINGS = "@dataclass\nclass Settings:"
REFUSED = [
    Plant("paths", cell_of(f"open('{HOME}')"), "nbs/00_small.ipynb cell 10 (planted)"),
    Plant("paths", cell_of("1", text_output(HOME)), "(planted), output"),
    Plant("paths", text_in("tools/new.py", f"path = '{HOME}'"), "tools/new.py"),
    Plant("paths", cell_of("open('../../x.csv')"), "../../"),
    Plant("warnings", cell_of("1", stream("stderr", "slow")), "stderr 'slow'"),
    Plant("warnings", cell_of("1", stream("stdout", "x.py:1: UserWarning: not so")), "UserWarning: not so"),
    Plant("warnings", cell_of("1", dict(output_type="error", ename="KeyError")), "KeyError"),
    Plant("warnings", cell_of("1", stream("stdout", "a warning")), None),
    Plant("private", cell_of("from msi_selfsup.small import _x"), "from msi_selfsup.small import _x"),
    Plant("private", cell_of("import msi_selfsup.small as s\ns._x"), "s._x"),
    Plant("private", cell_of("import msi_selfsup as msi\nmsi.small._x"), "msi.small._x"),
    Plant("private", cell_of("from msi_selfsup import small\nsmall._x()"), "small._x"),
    Plant("private", text_in("tools/new.py", "from msi_selfsup.small import _x"), "tools/new.py"),
    Plant("private", text_in(f"{PACKAGE}/all.py", "from .small import _x"), "all.py: from .small import _x"),
    Plant("private", cell_of("import numpy as np\nnp._x; from msi_selfsup import __version__"), None),
    Plant("cells", cell_of(lines(26)), "26 lines"),
    Plant("cells", cell_of(lines(25)), None),
    Plant("cells", cell_of(lines(26).replace("#| export", "")), None),
    Plant("cells", cell_of(lines(11, line="    " + "x" * 94) + "##"), "1,001 characters"),
    Plant("cells", cell_of(lines(11, line="    " + "x" * 94) + "#"), None),
    Plant("cells", cell_of(lines(40, SETTINGS, "    x:int = 1")), None),
    Plant("cells", cell_of(lines(40, SETTINGS, "    x:int = 1") + "\ndef f(): pass"), "42 lines"),
    Plant("cells", cell_of(lines(28, SETTINGS + "\n    def f(self):", "        x = 1")), "30 lines"),
    Plant("cells", cell_of(lines(40, "table = {", "    1: 1,") + "\n}"), None),
    Plant("lines", cell_of(LONG), "(planted) line 1: 111 columns"),
    Plant("lines", cell_of(LONG[1:]), None),
    Plant("lines", text_in("tools/new.py", LONG), "tools/new.py line 1"),
    Plant("lines", text_in("setup.py", LONG), "setup.py line"),
    Plant("ruff", text_in(MODULE, "import os\n"), "`os` imported but unused"),
    Plant("ruff", text_in("tools/new.py", "unknown()\n"), "Undefined name `unknown`"),
    Plant("ruff", cell_of("x = y = [1]\nx[1, *y]"), "on Python 3.10"),
    Plant("ruff", cell_of("unknown()"), "Undefined name `unknown`"),
    Plant("mypy", text_in(MODULE, FAULTY + "f('')\n"), 'incompatible type "str"; expected "int"'),
    Plant("mypy", text_in(MODULE, "Number(2).doubted()\n"), 'has no attribute "doubted"'),
    Plant("drift", text_in(MODULE, "# by hand\n"), MODULE),
    Plant("drift", text_in("README.md", "by hand\n"), "README.md"),
    Plant("drift", only("1"), "no stored output, run tools/check.py --save: nbs/00_small.ipynb"),
    Plant("drift", without(OTHER), f"{PACKAGE}/other.py"),
    Plant("links", text_in("NEW.md", "[gone](gone.md)"), "NEW.md: gone.md"),
    Plant("links", text_in("NEW.md", "[gone](nbs/index.ipynb#gone)"), "index.ipynb#gone"),
    Plant("links", text_in("nbs/new.qmd", "# New"), "_quarto.yml: new.qmd"),
    Plant("site", cell_of("from msi_selfsup.gone import x"), "No module named 'msi_selfsup.gone'"),
    Plant("notebook", cell_of("assert four() == 5"), "AssertionError"),
    Plant("notebook", only("#| notest\n1"), "0 cells ran"),
]


def plant_unknown_type(top: Path) -> None:
    "An exported function whose signature names what is imported for type checking only."
    cell_of("#| export\nif typing.TYPE_CHECKING: from decimal import Decimal")(top)
    cell_of("#| export\ndef cost(x:Decimal) -> int:\n    \"Its cost.\"\n    return int(x)")(top)
    run(["nbdev_export"], top, PYTHONUTF8="1")


def plant_own_warning(top: Path) -> None:
    "A module that is warned by numpy of what it does."
    cell_of("#| export\nimport numpy as np\ndef ratio(): return np.ones(1) / np.zeros(1)")(top)
    cell_of("from msi_selfsup.small import ratio as imported\nimported()")(top)
    run(["nbdev_export"], top, PYTHONUTF8="1")


REFUSED += [Plant("site", plant_unknown_type, "name 'Decimal' is not defined"),
            Plant("notebook", plant_own_warning, "RuntimeWarning")]
CHECKS: dict[str, Callable[[Path], tuple[bool, str]]] = {
    **{name: partial(refuse, name) for name in REFUSALS},
    **{name: getattr(project, name) for name in ("drift", "links", "site", "ruff", "mypy")},
    "notebook": lambda top: check_notebook(top / SMALL, top),
}


# --- running them

def fault_of(plant: Plant, sound: Path) -> str:
    "What is wrong with a check: it passes over what was planted, or refuses what is sound; '' for nothing."
    with tempfile.TemporaryDirectory() as folder:
        top = Path(shutil.copytree(sound, Path(folder).resolve() / "project"))
        plant.plant(top)
        passed, said = CHECKS[plant.check](top)
    if passed == (plant.says is None) and (plant.says or "") in said: return ""
    fault = "refuses what is sound" if plant.says is None else f"does not say {plant.says!r}"
    return f"{plant.check} {fault}: {said[-2000:]}"


def wrongly_changed(sound: Path) -> str:
    "What is wrong with the choice of notebooks that a change concerns."
    git = ["git", "-c", "user.name=x", "-c", "user.email=x", "-c", "commit.gpgsign=false"]
    with tempfile.TemporaryDirectory() as folder:
        top = Path(shutil.copytree(sound, Path(folder).resolve() / "project"))
        for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "x"]):
            subprocess.run([*git, *command], cwd=top, check=True)
        found = [changed_notebooks(top)]
        for name in (INDEX, OTHER, SMALL):
            cell_of("2", at=name)(top)
            found.append(changed_notebooks(top))
    expected = [[], [top / INDEX], [top / OTHER, top / INDEX], [top / SMALL, top / OTHER, top / INDEX]]
    return "" if found == expected else f"--changed: {found}"


def wrongly_coloured() -> str:
    "What is wrong with pictures in few colours: areas of a colour keep it beside thousands of other colours."
    import numpy as np
    from PIL import Image
    draw = np.random.default_rng(0)
    pixels = draw.integers(0, 256, (200, 200, 3), np.uint8)
    areas = np.repeat(draw.integers(0, 256, (20, 1, 3), np.uint8), 200, axis=1)
    pixels[:20] = areas
    made = few_colours(Image.fromarray(pixels))
    kept = np.array_equal(np.asarray(made.convert("RGB"))[:20], areas)
    return "" if kept and len(made.getcolors()) <= 256 else "pictures: an area changed its colour"


def self_test(root: Path) -> tuple[bool, str]:
    "Whether every check passes the small project, and finds what was planted in it."
    with tempfile.TemporaryDirectory() as folder:
        sound = make_project(root, Path(folder).resolve() / "project")
        said = {name: check(sound) for name, check in CHECKS.items()}
        wrong = [f"{name}: {each[1]}" for name, each in said.items() if not each[0]]
        wrong += [fault_of(plant, sound) for plant in REFUSED] + [wrongly_changed(sound), wrongly_coloured()]
    wrong = [*filter(None, wrong)]
    held = f"{len(REFUSED)} planted changes were judged rightly by {len(CHECKS)} checks"
    return not wrong, "\n     ".join([held] if not wrong else [f"{len(wrong)} checks do not hold:", *wrong])
