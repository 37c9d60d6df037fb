"""The layer sets that must agree on every hand-computed case, every edge and every error message."""

import pytest

import minunet.layers
import minunet.reference


@pytest.fixture(scope="session", params=["layers", "reference"])
def layers(request):
    return getattr(minunet, request.param)
