"""The values of a step, each computed when it is first asked for."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from ..device import Array, to_host

Work = Callable[[], Iterator[dict[str, Array]]]


class Values(Mapping[str, np.ndarray]):
    """Every value of a step by its name: on the host, read-only.

    Parameters
    ----------
    shapes : dict of str to tuple of int
        Of every value, known before it is computed.
    stored : dict of str to array
        What is there already.
    work : callable, optional
        Begins to compute the others: an iterator of dicts of arrays, in the order of the events, which is asked for
        more until a value that is wanted is there. It is begun anew where Ctrl-C ended it.
    """

    def __init__(self, shapes: dict[str, tuple[int, ...]], stored: dict[str, Array], work: Work | None = None):
        self.shapes = shapes
        self._begin = work or (lambda: iter(()))
        self._work = self._begin()
        self._error: Exception | None = None
        self._stored: dict[str, np.ndarray] = {}
        self._store(stored)

    def __getitem__(self, name: str) -> np.ndarray:
        while name not in self._stored:
            if name not in self.shapes:
                raise KeyError(name)
            with np.errstate(over="ignore", invalid="ignore"):  # nan is there to be looked at
                self._store(self._next())
        return self._stored[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.shapes)

    def __len__(self) -> int:
        return len(self.shapes)

    def __contains__(self, name: object) -> bool:
        return name in self.shapes

    def _next(self) -> dict[str, Array]:
        """More of the work; a layer that raised once has ended it, and is told of each time."""
        if self._error:
            raise self._error
        try:
            return next(self._work)
        except KeyboardInterrupt:
            self._work = self._begin()
            raise
        except Exception as error:
            self._error = error
            raise

    def _store(self, arrays: dict[str, Array]) -> None:
        for name, array in arrays.items():
            view = np.asarray(to_host(array)).view()
            view.flags.writeable = False
            self._stored[name] = view
