"""What an explanation is: the terms of the sum that made one number, where each lies, and how far rounding may go."""

import math
from dataclasses import dataclass, field

import numpy as np

STANDARD_DEVIATIONS = 4


@dataclass(frozen=True)
class Factor:
    """One factor of every term of a group.

    Attributes
    ----------
    name : str
        Of the value it is read from, or what it is, ``-lr`` for example, where it is no element of a value.
    values : float64 array (terms,)
    indices : int array (terms, dimensions), optional
        Where in that value each lies.
    """

    name: str
    values: np.ndarray
    indices: np.ndarray | None = None

    @classmethod
    def constant(cls, name: str, value: float, count: int = 1) -> "Factor":
        """The same number in every term."""
        return cls(name, np.full(count, float(value)))

    @classmethod
    def at(cls, name: str, array: np.ndarray, index) -> "Factor":
        """One element of a value."""
        index = tuple(int(i) for i in index)
        return cls(name, np.asarray([array[index]], float), np.asarray([index]))


@dataclass(frozen=True)
class Group:
    """Terms of one kind: each is the product of one number of each factor."""

    formula: str
    factors: tuple[Factor, ...]

    @property
    def products(self) -> np.ndarray:
        """float64 array (terms,). Of float32 factors, two of them, each product is exact."""
        with np.errstate(invalid="ignore", over="ignore"):
            return math.prod((factor.values for factor in self.factors[1:]), start=self.factors[0].values)


@dataclass(frozen=True)
class Term:
    """One term: its value, and for each factor the name, the index (None for a constant) and the number."""

    value: float
    factors: tuple[tuple[str, tuple[int, ...] | None, float], ...]


@dataclass(frozen=True)
class Explanation:
    """How one number came about.

    Attributes
    ----------
    what : str
        The value's name.
    index : tuple of int
    value : float
        As the training step computed it.
    equation : str
        In index notation, for any index.
    here : str
        The same with this index filled in.
    groups : tuple of Group
        All terms of the sum.
    bound : float
        How far from `total` rounding may have taken `value`.
    candidates : Factor, optional
        Of a maximum: what was compared; the greatest of them, the first among equals, is `winner`.
    winner : int, optional
    notes : tuple of str
        What else a reader should see: an offset, a probability, a mask.
    """

    what: str
    index: tuple[int, ...]
    value: float
    equation: str
    here: str
    groups: tuple[Group, ...]
    bound: float
    candidates: Factor | None = None
    winner: int | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def total(self) -> float:
        """The sum of all terms, each computed in float64, added without rounding."""
        return exact_sum(np.concatenate([group.products for group in self.groups] or [np.zeros(0)]))

    @property
    def agrees(self) -> bool:
        """Whether the value is the total, but for rounding; two nan, or the same infinity, agree."""
        total = self.total
        if not (math.isfinite(total) and math.isfinite(self.value)):
            return total == self.value or not (math.isfinite(total) or math.isfinite(self.value))
        return abs(total - self.value) <= self.bound

    @property
    def terms(self) -> list[Term]:
        """Every term, in the order of its group's indices."""
        return [term for group in self.groups for term in _terms_of(group)]

    def __str__(self) -> str:
        from .text import as_text

        return as_text(self)


def exact_sum(values: np.ndarray) -> float:
    """The sum without rounding errors; nan and infinity as IEEE arithmetic has them."""
    if np.isfinite(values).all():
        return math.fsum(values.tolist())
    with np.errstate(invalid="ignore"):
        return float(values.sum())


def rounding(dtype: np.dtype, count: int, size: float) -> float:
    """How far a sum of `count` products, of `size` in absolute values, may be off.

    Each operation is off by a relative u = eps / 2 at most, in either direction: the errors of n operations walk at
    random and come, but for one case in a thousand, to no more than 4 sqrt(n) u times the sum of the absolute values
    (Higham and Mary 2019, "A new approach to probabilistic rounding error analysis").
    """
    unit = float(np.finfo(dtype).eps) / 2
    return STANDARD_DEVIATIONS * math.sqrt(count + 4) * unit * float(size) + float(np.finfo(dtype).tiny)


def _terms_of(group: Group) -> list[Term]:
    columns = [
        zip(
            [factor.name] * len(factor.values),
            [None] * len(factor.values) if factor.indices is None else map(tuple, factor.indices.tolist()),
            factor.values.tolist(),
            strict=True,
        )
        for factor in group.factors
    ]
    return [
        Term(value, factors) for value, factors in zip(group.products.tolist(), zip(*columns, strict=True), strict=True)
    ]
