"""Misconceptions that run: each computes, in a few lines, what somebody who has it would get.

A mistake concerns one output of one layer. It is made at one of three places, which is what lets two of them be put
together:

- *before*: the right sum over other arguments (the kernel flipped, say);
- *instead*: another sum;
- *after*: the right sum, and then something done to it (divided by N, say).

Each is a function of what it needs, named as the layer's arguments are: ``dout`` is the gradient from above, and the
first argument of one made *after* is the right result.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

PLACES = ("before", "instead", "after")


@dataclass(frozen=True)
class Mistake:
    """One misconception.

    Attributes
    ----------
    output : str
        Which of the layer's outputs it spoils.
    name : str
        What is done, in a few words: "goes to every tie".
    explanation : str
        Why that is not what the formula says.
    fix : str
        How to mend it.
    place : str
        One of `PLACES`.
    compute : function
        Of *before*, it gives a dict of the arguments that are others; else an array.
    renamed : dict of str to str
        What the layer calls the arguments that `compute` has by other names.
    forgiven : str
        Why it costs nothing, in words that end a sentence: it may come with the assignment's own template. Empty for
        all that is a fault.
    """

    output: str
    name: str
    explanation: str
    fix: str
    place: str
    compute: Callable[..., Any]
    renamed: tuple[tuple[str, str], ...] = ()
    forgiven: str = ""

    def call(self, arguments, *first):
        """The function, with those of the arguments that it names."""
        wanted = list(inspect.signature(self.compute).parameters.values())[len(first) :]
        names = dict(self.renamed)
        result = self.compute(
            *first, **{p.name: arguments[names.get(p.name, p.name)] for p in wanted if p.default is p.empty}
        )
        if self.place == "before":
            return {names.get(name, name): value for name, value in result.items()}
        return result


class Bank(list[Mistake]):
    """The mistakes known for one layer, gathered by decorators in the order in which they are written."""

    def _adder(self, place):
        def describe(output, name, explanation, fix):
            def add(compute):
                self.append(Mistake(output, name, explanation, fix, place, compute))
                return compute

            return add

        return describe

    @property
    def before(self):
        """``@bank.before(output, name, explanation, fix)`` over a function of arguments that gives other arguments."""
        return self._adder("before")

    @property
    def instead(self):
        """``@bank.instead(output, name, explanation, fix)`` over a function of arguments that gives the output."""
        return self._adder("instead")

    @property
    def after(self):
        """``@bank.after(output, name, explanation, fix)`` over a function of the right output and arguments."""
        return self._adder("after")

    def adopt(self, other, output, theirs, renamed, leave=()):
        """Take over another layer's mistakes of an output, where they are made before or after the right sum.

        Parameters
        ----------
        other : Bank
        output, theirs : str
            The output's name here and there.
        renamed : dict of str to str
            Of their arguments, what they are called here.
        leave : tuple of str
            Names of mistakes that make no sense here.
        """
        for mistake in other:
            if mistake.output == theirs and mistake.place != "instead" and mistake.name not in leave:
                self.append(replace(mistake, output=output, renamed=tuple(renamed.items())))


def predict(mistakes, output, truth, arguments):
    """What one or two mistakes make of an output.

    Parameters
    ----------
    mistakes : sequence of Mistake
        In the order of `PLACES`, at most one of them *instead*.
    output : str
    truth : function
        Of the arguments as keywords, gives a dict of every output.
    arguments : dict
        Of the layer; and ``dout``, unless the output is forward's.
    """
    for mistake in mistakes:
        if mistake.place == "before":
            arguments = arguments | mistake.call(arguments)
    replaced = [mistake for mistake in mistakes if mistake.place == "instead"]
    result = replaced[0].call(arguments) if replaced else truth(**arguments)[output]
    for mistake in mistakes:
        if mistake.place == "after":
            result = mistake.call(arguments, result)
    return result


def pairs(mistakes):
    """Every two that can be put together, in the order in which they act."""
    for two in combinations(sorted(mistakes, key=lambda mistake: PLACES.index(mistake.place)), 2):
        if [mistake.place for mistake in two] != ["instead", "instead"]:
            yield two
