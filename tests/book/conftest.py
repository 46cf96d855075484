"""The commands fetch from the same server as the store's tests."""
from ..store.conftest import quick, server, small  # noqa: F401
from ..store.test_pictures import rainier  # noqa: F401
