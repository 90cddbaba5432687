"""Print the oldest versions that settings.ini admits, as constraints for pip.

    python tools/oldest.py > oldest.txt && pip install -c oldest.txt -e ".[dev]"
"""
from __future__ import annotations

import re
from configparser import ConfigParser
from pathlib import Path


def oldest(settings: Path) -> list[str]:
    "`name==version` for each requirement with a lower bound, but for fastcore: nbdev wants a newer one."
    parser = ConfigParser(delimiters=["="], interpolation=None)
    parser.read(settings, encoding="utf-8")
    found = [parser["DEFAULT"][key] for key in ("requirements", "exchange_requirements")]
    bounds = re.findall(r"([\w.-]+)>=([\d.]+)", " ".join(found))
    return [f"{name}=={version}" for name, version in bounds if name != "fastcore"]


if __name__ == "__main__": print("\n".join(oldest(Path(__file__).resolve().parents[1] / "settings.ini")))
