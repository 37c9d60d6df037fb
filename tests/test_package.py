"""What `import minunet` gives."""

import types

import minunet as mu


def test_every_public_name_is_there():
    assert set(mu.__all__) <= set(dir(mu))
    for name in mu.__all__:
        assert getattr(mu, name) is not None


def test_the_functions_are_functions_and_the_layer_sets_modules():
    assert callable(mu.gradcheck)
    assert callable(mu.predict)
    assert isinstance(mu.layers, types.ModuleType)
    assert isinstance(mu.reference, types.ModuleType)
