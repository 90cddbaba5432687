"""Clusters of co-localised ions from mass spectrometry imaging: `import msi_selfsup as msi`.

The names below are imported when they are first used, so that the commands answer quickly. All others are
reached by their module, for instance `from msi_selfsup.corruptions import corrupt_ions`."""
__version__ = "0.1.0"

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .clusterer import IonImageClusterer
    from .colocalised import colocalised
    from .evaluate import label_scores
    from .features import FEATURE_SETS, feature_set
    from .formats import write_cluster_tiffs
    from .h5ad import write_anndata
    from .images import IonImages
    from .imzml import inspect_imzml, read_imzml
    from .judge import judge
    from .linked_pairs import find_mass_pairs, linked_pair_excess
    from .phantom import make_phantom
    from .plot import plot_clusters, plot_embedding, plot_montage, plot_n_clusters
    from .recipe import Recipe
    from .report import write_report
    from .run import cluster_run, read_labels
    from .run_folder import load_run
    from .sample import read_sample
    from .scores import plot_scoreboard

_MODULES = {                      # in the order in which one needs them: name, module
    "inspect_imzml": "imzml", "read_sample": "sample", "read_imzml": "imzml", "IonImages": "images",
    "make_phantom": "phantom",
    "Recipe": "recipe", "IonImageClusterer": "clusterer",
    "judge": "judge", "linked_pair_excess": "linked_pairs", "find_mass_pairs": "linked_pairs",
    "read_labels": "run", "label_scores": "evaluate", "FEATURE_SETS": "features", "feature_set": "features",
    "colocalised": "colocalised",
    "plot_clusters": "plot", "plot_montage": "plot", "plot_embedding": "plot", "plot_n_clusters": "plot",
    "plot_scoreboard": "scores",
    "cluster_run": "run", "load_run": "run_folder", "write_report": "report",
    "write_anndata": "h5ad", "write_cluster_tiffs": "formats"}

__all__ = list(_MODULES)          # noqa: PLE0604


class _Package(ModuleType):
    def __setattr__(self, name: str, value: object) -> None:
        "Set it, but let no module replace the function that has its name: `judge`, `colocalised`."
        if not (name in _MODULES and isinstance(value, ModuleType)): super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str):
    "The public name, imported now (PEP 562)."
    if name not in _MODULES: raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value       # found without this function the next time
    return value


def __dir__() -> list[str]:
    "The public names, then those that every module has."
    return [*__all__, *(name for name in globals() if name not in __all__)]
