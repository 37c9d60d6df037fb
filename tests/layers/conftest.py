"""The layer sets that must agree on every hand-computed case, every edge and every error message."""

import pytest

import minunet.fast
import minunet.layers
import minunet.reference


@pytest.fixture(scope="session", params=["layers", "reference", "fast"])
def layers(request):
    return getattr(minunet, request.param)
