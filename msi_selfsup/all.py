"The public names of every module: `from msi_selfsup.all import *`."
from msi_selfsup.core import *
