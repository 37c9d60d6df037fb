"""What an assignment is: its functions, what each should give, the inputs to try and the mistakes that are known.

The two that come with minunet are `minunet.grading.specs.unet` and `minunet.grading.specs.cs231n`; README shows how a
teacher writes another.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from .bank import Bank, Mistake


@dataclass(frozen=True)
class Seeded:
    """An argument that is a random generator: the child makes it, so that both sides draw the same."""

    seed: int


@dataclass(frozen=True)
class Case:
    """One input.

    Attributes
    ----------
    arguments : dict
        Of forward, in order: arrays, a `Seeded`, or what JSON can hold.
    tags : frozenset of str
        What is special about it ("N is 1", "pad is 0"), in words that end the sentence "wrong where ...".
    trivial : bool
        So plain that many mistakes do not show.
    extreme : bool
        So extreme that two ways of making the same mistake give different numbers.
    """

    arguments: dict[str, Any]
    tags: frozenset[str] = frozenset()
    trivial: bool = False
    extreme: bool = False


@dataclass(frozen=True, eq=False)
class Function:
    """One function that a submission must have.

    Attributes
    ----------
    name : str
    signature : str
        As the assignment gives it.
    points : float
        Shared evenly among its outputs.
    outputs : dict of str to str
        In the order in which they are returned; each with its formula.
    """

    name: str
    signature: str
    points: float
    outputs: dict[str, str]


@dataclass(frozen=True, eq=False)
class Layer:
    """A forward function and its backward.

    Attributes
    ----------
    forward : Function
    backward : Function, optional
        None where forward returns the gradient itself.
    truth : function
        Of forward's arguments and ``dout`` as keywords, in float64; gives every output of both by name. Without a
        ``dout``, those of forward.
    cases : function
        Of a `numpy.random.Generator`; the inputs by which it is judged. The first is the plainest.
    small : function
        Of a generator; inputs by the number of their entries, small whole numbers, of which the first that shows a
        fault is shown.
    mistakes : Bank
    classes : tuple of str
        Names, in lower case, of a class that may stand for the two functions.
    parameters : tuple of str
        Which arguments belong to such an object.
    arguments : tuple of str
        The names of forward's.
    takes_dout : bool
        Whether backward's first argument is the gradient from above; a loss has none.
    readings : tuple of (str, truth)
        Other truths that are as good, where the assignment can be read in several ways; each with what to say of a
        submission that has it.
    follows : function, optional
        Of a layer that draws random numbers: of forward's arguments, its result and ``dout``, what every output should
        be, given what was drawn, less those that cannot be known; None where the result cannot have come about so.
    prescribed : bool
        Whether the assignment says how they are drawn: then a forward that draws otherwise is wrong, and `follows` says
        what is right of its backward.
    integers : bool
        Whether to say what it makes of an x of whole numbers.
    size : function, optional
        Like `truth`; for each output a number with which rounding errors grow. None: the truth of absolute values,
        which is the sum of absolute terms where the layer is a sum of products.
    """

    forward: Function
    backward: Function | None
    truth: Callable[..., dict[str, Any]]
    arguments: tuple[str, ...]
    cases: Callable[[Any], list[Case]]
    small: Callable[[Any], Iterable[Case]]
    mistakes: Bank = field(default_factory=Bank)
    classes: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    takes_dout: bool = True
    size: Callable[..., dict[str, Any]] | None = None
    integers: bool = False
    follows: Callable[..., dict[str, Any] | None] | None = None
    prescribed: bool = False
    readings: tuple[tuple[str, Callable[..., dict[str, Any]]], ...] = ()

    @property
    def name(self) -> str:
        """As "conv2d", of "conv2d_forward"."""
        return self.forward.name.replace("_forward", "")

    @property
    def functions(self) -> tuple[Function, ...]:
        """Forward and backward."""
        return (self.forward,) if self.backward is None else (self.forward, self.backward)

    def mistakes_of(self, output: str) -> list[Mistake]:
        """Those that spoil one output."""
        return [mistake for mistake in self.mistakes if mistake.output == output]


@dataclass(frozen=True)
class Spec:
    """An assignment.

    Attributes
    ----------
    name : str
    layers : tuple of Layer
    network : float
        Points for a U-Net that is built on the submission's functions and trained; 0 where there is none.
    only : frozenset of str
        Functions to report on; empty for all.
    exact : bool
        Whether arguments come in the assignment's own shapes alone, as where somebody calls what was written.
    """

    name: str
    layers: tuple[Layer, ...]
    network: float = 0
    only: frozenset[str] = frozenset()
    exact: bool = False
