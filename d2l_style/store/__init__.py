"""Store: weights and pictures that are not in the package, where they lie, and how they come here safely.

Looks at no other folder: what a network is, it is told. From the bottom up: `registry` (what was published, under which
of the `licences`), `folders`, `download`, `formats`, `kinds` and `decode` (files that are not trusted), `copies`
(what is kept), `zoo` and `hugging_face` (where it comes from), `find` (without the internet), `fetch` (with it),
`packs` (for machines without it), `catalogue` and `pictures`.
"""
from .catalogue import CATALOGUE, local_picture
from .errors import DownloadError, WeightsError
from .find import find_weights, own_weights
from .pictures import is_remote, picture_file

__all__ = ['CATALOGUE', 'DownloadError', 'WeightsError', 'find_weights', 'is_remote', 'local_picture', 'own_weights',
           'picture_file']
