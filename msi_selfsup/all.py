"The public names of every module, for notebooks: `from msi_selfsup.all import *`."
from msi_selfsup.core import *
from msi_selfsup.images import *
from msi_selfsup.imzml import *
from msi_selfsup.phantom import *
from msi_selfsup.benchmark import *
from msi_selfsup.augment import *
from msi_selfsup.encoder import *
from msi_selfsup.train import *
from msi_selfsup.simclr import *
from msi_selfsup.spectral import *
from msi_selfsup.selflabel import *
from msi_selfsup.baseline import *
from msi_selfsup.evaluate import *
from msi_selfsup.plot import *
from msi_selfsup.clusterer import *
from msi_selfsup.run import *
from msi_selfsup.cli import *
