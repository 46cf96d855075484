"""Store: weights and pictures that are not in the package, where they lie, and how they come here safely.

Looks at `compat` only, for a bar: what a network is, it is told. From the bottom up: `registry` (what was published,
under which of the `licences`), `folders`, `network` and `download`, `formats`, `kinds`, `deep`, `tiff` and `decode`
(files that are not trusted), `copies` (what is kept), `zoo` and `hugging_face` (where it comes from), `find` (without
the internet), `fetch` (with it), `packs` (for machines without it), `catalogue`, `pictures` and `sources` (all that
stands for one).
"""
from .catalogue import CATALOGUE, local_picture
from .errors import DownloadError, WeightsError
from .find import find_weights, own_weights
from .sources import read_source

__all__ = ['CATALOGUE', 'DownloadError', 'WeightsError', 'find_weights', 'local_picture', 'own_weights',
           'read_source']
