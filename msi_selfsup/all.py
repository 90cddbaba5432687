"""The public names of every module, for notebooks: `from msi_selfsup.all import *`.

Left out are names of one lower-case word, such as `save` or `guard`, which would overwrite a user's own;
those that `msi_selfsup` itself lists (`judge`, `colocalised`) stay in. The others are reached by their
module."""
import msi_selfsup as _package
from msi_selfsup.core import *
from msi_selfsup.arrays import *
from msi_selfsup.images import *
from msi_selfsup.delimited import *
from msi_selfsup.tables import *
from msi_selfsup.elements import *
from msi_selfsup.imzml_terms import *
from msi_selfsup.markup import *
from msi_selfsup.spectra import *
from msi_selfsup.spectrum_blocks import *
from msi_selfsup.mz_scatter import *
from msi_selfsup.peaks import *
from msi_selfsup.window_images import *
from msi_selfsup.imzml import *
from msi_selfsup.formats import *
from msi_selfsup.h5ad import *
from msi_selfsup.sample import *
from msi_selfsup.mass_pairs import *
from msi_selfsup.anatomy import *
from msi_selfsup.phantom import *
from msi_selfsup.corruptions import *
from msi_selfsup.download import *
from msi_selfsup.pickled_arrays import *
from msi_selfsup.uterus import *
from msi_selfsup.compartments import *
from msi_selfsup.second_simulator import *
from msi_selfsup.folder import *
from msi_selfsup.augment import *
from msi_selfsup.encoder import *
from msi_selfsup.train import *
from msi_selfsup.simclr import *
from msi_selfsup.spectral import *
from msi_selfsup.selflabel import *
from msi_selfsup.published_model import *
from msi_selfsup.baselines import *
from msi_selfsup.representation import *
from msi_selfsup.patterns import *
from msi_selfsup.gain import *
from msi_selfsup.mixture import *
from msi_selfsup.n_clusters import *
from msi_selfsup.structure import *
from msi_selfsup.training_sections import *
from msi_selfsup.section_encoder import *
from msi_selfsup.pretrain import *
from msi_selfsup.consensus import *
from msi_selfsup.features import *
from msi_selfsup.cluster_images import *
from msi_selfsup.find_pairs import *
from msi_selfsup.linked_pairs import *
from msi_selfsup.evaluate import *
from msi_selfsup.stability import *
from msi_selfsup.plot import *
from msi_selfsup.scores import *
from msi_selfsup.run_files import *
from msi_selfsup.run_folder import *
from msi_selfsup.colocalised import *
from msi_selfsup.levels import *
from msi_selfsup.scale import *
from msi_selfsup.page_images import *
from msi_selfsup.findings import *
from msi_selfsup.report import *
from msi_selfsup.recipe import *
from msi_selfsup.clusterer import *
from msi_selfsup.judge import *
from msi_selfsup.run import *
from msi_selfsup.ablation import *
from msi_selfsup.compare import *
from msi_selfsup.results import *
from msi_selfsup.command_line import *
from msi_selfsup.cli import *

__all__ = [name for name in globals()  # noqa: PLE0604
           if not name.startswith("_")
           and (name in _package.__all__ or not name.isalpha() or not name.islower())]
