"""Run every check of the project and count them. Only --save and --changed change files that git tracks.

    python tools/check.py                fast cells of every notebook, and all other checks
    python tools/check.py 12 20 site     only checks and notebooks whose names begin so
    python tools/check.py --changed      export, then run the quick checks, the notebooks that differ from the
                                         last commit, and those that use what they export
    python tools/check.py --slow         also the cells flagged slow
    python tools/check.py --data FOLDER  also the cells flagged data, which need barley/ and uterus/ in FOLDER
    python tools/check.py --save         also store the cells' outputs in the notebooks, for the documentation

The last line is `N passed, M failed`; a notebook counts as one check, and one that ran no cell fails.
"""
from __future__ import annotations

import argparse
import json
import os
import re
import sys
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from pathlib import Path
from typing import NamedTuple

from checks import project
from checks.changed import changed_notebooks
from checks.notebooks import check_notebook, run_cells
from checks.refusals import REFUSALS, refuse
from checks.selftest import self_test
from checks.sources import named, notebooks_in, run

ROOT = Path(__file__).resolve().parents[1]
SECONDS = ROOT / "tools" / "checks" / "seconds.json"   # how long each took when outputs were last stored


class Check(NamedTuple):
    "A check: the name it is asked for by, the name it is reported by, and what it does."
    name: str
    shown: str
    run: Callable[[], tuple[bool, str]]
    quick: bool = False


class Result(NamedTuple):
    "What came of a check."
    check: Check
    passed: bool
    said: str
    seconds: float


def quick_checks() -> list[Check]:
    "Checks of a few seconds."
    found = {name: partial(refuse, name, ROOT) for name in REFUSALS}
    more = (project.drift, project.links, project.ruff, project.mypy)
    found |= {each.__name__: partial(each, ROOT) for each in more}
    return [Check(name, name, run, quick=True) for name, run in found.items()]


def longer_checks() -> list[Check]:
    "Checks that take as long as a notebook."
    found = {"site": project.site, "self-test": self_test, "fuzz": project.fuzz, "benches": project.benches,
             "demo": project.demo}
    return [Check(name, name, partial(run, ROOT)) for name, run in found.items()]


def notebook_checks(notebooks: list[Path], asked: argparse.Namespace) -> list[Check]:
    "A check for each notebook."
    flags = f"{asked.flags} {'data' if asked.data else ''}".strip()
    data = asked.data.resolve() if asked.data else None
    return [Check(path.name, named(path, ROOT), partial(check_notebook, path, ROOT, flags, asked.save, data))
            for path in notebooks]


def key_of(check: Check) -> str:
    "A check's name without the number of a notebook, which may change."
    return re.sub(r"^\d+_|\.ipynb$", "", check.name)


def longest_first(checks: list[Check]) -> list[Check]:
    "Quick checks, then those whose length is not known, then the longest: workers end at the same time."
    known = json.loads(SECONDS.read_text(encoding="utf-8")) if SECONDS.exists() else {}
    return sorted(checks, key=lambda check: (not check.quick, -known.get(key_of(check), float("inf"))))


def store_seconds(results: list[Result]) -> None:
    "Keep how long each check took, for the next order."
    known = json.loads(SECONDS.read_text(encoding="utf-8")) if SECONDS.exists() else {}
    known |= {key_of(result.check): round(result.seconds) for result in results}
    SECONDS.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def result_of(check: Check) -> Result:
    "Run a check; one that breaks fails."
    started = time.perf_counter()
    try: passed, said = check.run()
    except Exception: passed, said = False, traceback.format_exc()
    return Result(check, passed, said, time.perf_counter() - started)


def run_all(checks: list[Check]) -> list[Result]:
    "Run checks beside each other, and report each when it has ended."
    results = []
    with ThreadPoolExecutor(min(max(os.cpu_count() or 2, 2), 4)) as pool:
        for done in as_completed([pool.submit(result_of, check) for check in longest_first(checks)]):
            result = done.result()
            results.append(result)
            began = f"{'ok  ' if result.passed else 'FAIL'} {result.check.shown}"
            print(f"{began}: {result.said}, {result.seconds:.0f} s", flush=True)
    return results


def summarise(results: list[Result]) -> None:
    "Name what took longest and what failed, and count."
    slowest = sorted(results, key=lambda result: -result.seconds)[:5]
    failed = [result.check.shown for result in results if not result.passed]
    print("slowest: " + ", ".join(f"{result.check.shown} {result.seconds:.0f} s" for result in slowest))
    if failed: print(f"failed: {', '.join(sorted(failed))}")
    print(f"{len(results) - len(failed)} passed, {len(failed)} failed")


def chosen(asked: argparse.Namespace) -> list[Check]:
    "The checks that were asked for."
    if asked.changed:
        exported = run(["nbdev_export"], ROOT, PYTHONUTF8="1")
        if exported.returncode: sys.exit(exported.stderr)
        return [*quick_checks(), *notebook_checks(changed_notebooks(ROOT), asked)]
    checks = [*quick_checks(), *longer_checks(), *notebook_checks(notebooks_in(ROOT), asked)]
    return [check for check in checks if check.name.startswith(tuple(asked.only) or "")]


def arguments() -> argparse.Namespace:
    "What the command line asks for."
    as_written = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=as_written)
    add = parser.add_argument
    add("only", nargs="*", help="beginnings of the names of checks and notebooks")
    add("--changed", action="store_true", help="what changed since the last commit, and what uses it")
    add("--slow", action="store_const", dest="flags", const="slow", default="", help="also run slow cells")
    add("--data", type=Path, help="folder with barley/ and uterus/, for the cells flagged data")
    add("--save", action="store_true", help="store outputs in the notebooks")
    for name in ("--one", "--root"): add(name, type=Path, help=argparse.SUPPRESS)
    add("--flags", dest="flags", help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    asked = arguments()
    if asked.one:
        print(run_cells(asked.one, asked.root, asked.flags, asked.save))
        return
    results = run_all(chosen(asked))
    if asked.save: store_seconds(results)
    summarise(results)
    sys.exit(0 if results and all(result.passed for result in results) else 1)


if __name__ == "__main__": main()
