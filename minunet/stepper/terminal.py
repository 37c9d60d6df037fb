"""The stepper at a terminal, in the manner of pdb: one command a line, and a short word for each that is used often."""

import cmd
import shlex
import shutil
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

from .breakpoints import CONDITIONS
from .display import Display
from .events import PHASES, Event
from .names import find_value
from .stepper import Stepper

SHORT = {
    "n": "next",
    "b": "back",
    "u": "up",
    "d": "down",
    "g": "goto",
    "c": "continue",
    "r": "restart",
    "l": "list",
    "p": "print",
    "e": "explain",
    "t": "trace",
    "h": "help",
    "q": "quit",
    "EOF": "quit",
}
AROUND = 6  # events listed before and after
WIDTH = 104  # characters, where no terminal tells


class Session(cmd.Cmd):
    """Reads commands and answers them.

    Parameters
    ----------
    stepper : Stepper
    plain : bool
        Without colours.
    stdin, stdout : files, optional
        Where commands are no person's, they are printed too, so that what is printed reads as a session would.
    """

    prompt = "(step) "

    def __init__(self, stepper: Stepper, plain: bool = False, stdin=None, stdout=None):
        super().__init__(stdin=stdin, stdout=stdout)
        self.use_rawinput = self.stdin is sys.stdin and sys.stdin.isatty()
        self.stepper = stepper
        width = shutil.get_terminal_size().columns if self.use_rawinput else WIDTH
        self.display = Display(stepper, plain, width)
        self.commands: list[str] = []
        self.focus = stepper.event

    # The loop

    def cmdloop(self, intro=None) -> None:
        """Greet, and answer until it is time to leave; Ctrl-C ends a line or a command, not the session."""
        self._greet()
        while True:
            try:
                super().cmdloop(intro)
                return
            except KeyboardInterrupt:
                self._say("^C (q leaves)")

    def _greet(self) -> None:
        """What there is to see."""
        net, values = self.stepper.net, self.stepper.values
        images, *sides = values["input.out"].shape
        what = ("an image" if images == 1 else f"{images} images") + f" of {'x'.join(map(str, sides))}"
        self._say(
            f"One training step of a U-Net of depth {net.depth} and base {net.base} on {what}: "
            f"{len(self.stepper.events)} events, loss {float(values['loss.out']):.6g}.",
            "n goes on, b goes back, explain shows the sum behind a number; help lists all commands.",
        )
        self._show()

    def precmd(self, line: str) -> str:
        """Echo what no person typed; remember every command; short words for long ones."""
        if line == "EOF":
            self._say("")
            return "quit"
        if not self.use_rawinput:
            self._say(line)
        if line.strip():
            self.commands.append(line.strip())
        word, _, rest = line.strip().partition(" ")
        return f"{SHORT.get(word, word)} {rest}".strip()

    def onecmd(self, line: str) -> bool:
        """Answer one command; what is wrong with it is one line, and the session goes on."""
        try:
            return bool(super().onecmd(line))
        except (ValueError, OSError) as error:
            self._say(f"*** {' '.join(str(error).split())}")
        except Exception as error:  # of a student's layer, which may raise anything
            self._say(f"*** {type(error).__name__}: {' '.join(str(error).split())}")
        return False

    def emptyline(self) -> bool:
        """An empty line is the last command again, where it moved."""
        word, _, rest = self.commands[-1].partition(" ") if self.commands else ("", "", "")
        word = SHORT.get(word, word)
        return self.onecmd(f"{word} {rest}") if word in ("next", "back", "up", "down") else False

    def default(self, line: str) -> None:
        """An unknown word."""
        raise ValueError(f"there is no command {line.split()[0]!r}; help lists them")

    # Moving

    def do_next(self, line: str) -> None:
        """n(ext) [COUNT]: let one more event happen, or COUNT."""
        self._move(self.stepper.next, line, "this is the end of the step")

    def do_back(self, line: str) -> None:
        """b(ack) [COUNT]: take the last event back, or COUNT."""
        self._move(self.stepper.back, line, "this is the beginning")

    def do_goto(self, line: str) -> None:
        """g(oto) EVENT: stand at this event, forwards or backwards."""
        self.stepper.goto(*self._words(line, 1, "goto EVENT"))
        self._arrived()

    def do_until(self, line: str) -> None:
        """until EVENT: go on to this event, or to a breakpoint before it."""
        self.stepper.run_to(*self._words(line, 1, "until EVENT"))
        self._arrived()

    def do_continue(self, line: str) -> None:
        """c(ontinue): go on to the next breakpoint, or to the end."""
        if self.stepper.position == len(self.stepper.events) - 1:
            raise ValueError("this is the end of the step")
        self.stepper.run()
        self._arrived()

    def do_restart(self, line: str) -> None:
        """r(estart): back to the beginning."""
        self.stepper.restart()
        self._arrived()

    def do_up(self, line: str) -> None:
        """u(p) [ARGUMENT]: look at the event that made what this one took, without moving: its gradient, or else its
        first argument."""
        if not self.focus.inputs:
            raise ValueError("nothing came before the image")
        arguments = self.focus.inputs
        gradient = next((name for name in ("dout", "gradient") if name in arguments), None)
        name = line.strip() or gradient or next(iter(arguments))
        if name not in arguments:
            raise ValueError(f"{self.focus.name} took no {name!r}; it took {', '.join(arguments)}")
        if arguments[name] not in self.stepper.made_by:
            raise ValueError(f"{arguments[name]} was given, no event made it")
        self._look(self.stepper.made_by[arguments[name]][0])

    def do_down(self, line: str) -> None:
        """d(own): look at the event that took what this one made, without moving."""
        made = set(self.focus.outputs.values())
        takers = [event for event in self.stepper.events if made & set(event.inputs.values())]
        if not takers:
            raise ValueError(f"nothing in this step takes what {self.focus.name} made")
        self._look(takers[0])
        if len(takers) > 1:
            self._say(f"taken by {', '.join(event.name for event in takers[1:])} too")

    def do_break(self, line: str) -> None:
        """break [WHERE]: set a breakpoint at an event, a phase, or the first nan, zero gradient or dead relu; or list
        them."""
        word = line.strip()
        if word:
            kind = "phase" if word in PHASES else "condition" if word in CONDITIONS else "name"
            self.stepper.break_at(**{kind: word})
        self._say(*(f"breakpoint {k}: {point}" for k, point in enumerate(self.stepper.breakpoints, 1)))

    def do_clear(self, line: str) -> None:
        """clear [NUMBER]: remove a breakpoint, or all."""
        points = self.stepper.breakpoints
        if not line.strip():
            points.clear()
        elif 1 <= _whole(line) <= len(points):
            del points[_whole(line) - 1]
        else:
            raise ValueError(f"there is no breakpoint {line.strip()}; there are {len(points)}")

    # Looking

    def do_where(self, line: str) -> None:
        """where: the U, with a mark where we stand."""
        self._say(*self.display.the_u())

    def do_list(self, line: str) -> None:
        """l(ist) [all]: the events around this one, or all."""
        events, here = self.stepper.events, self.stepper.position
        first, last = (0, len(events)) if line.strip() == "all" else (max(0, here - AROUND), here + AROUND + 1)
        self._say(*self.display.events(first, last))

    def do_print(self, line: str) -> None:
        """p(rint) [VALUE [INDEX ...]]: a value as pictures, one channel of it as a picture, or one number with those
        around it. Without a word: what this event made."""
        words = _spaced(line)
        if not words:
            self._show()
            return
        name = find_value(self.stepper.events, self.stepper.values, words[0])
        self._say(*self.display.value(name, tuple(map(_whole, words[1:]))))

    def do_explain(self, line: str) -> None:
        """e(xplain) [VALUE] [INDEX ...]: the sum that made one number, every term. Without a VALUE: of this event's."""
        self._say(str(self.stepper.explain(*self._element(line))))

    def do_trace(self, line: str) -> None:
        """t(race) [VALUE] INDEX ... [all]: follow a number one layer back, or all the way to the pixels or the loss."""
        words = _spaced(line)
        steps = None if words and words[-1] == "all" else 1
        self._say(str(self.stepper.trace(*self._element(" ".join(words[:-1] if steps is None else words)), steps)))

    def do_what_if(self, line: str) -> None:
        """what_if PARAMETER|input INDEX ... DELTA: how the loss would change by the gradient, and how it does."""
        words = _spaced(line)
        if len(words) < 3:
            raise ValueError("what_if takes a parameter or input, an index and a change: what_if head.bias 1 0.01")
        self._say(str(self.stepper.what_if(words[0], tuple(map(_whole, words[1:-1])), _number(words[-1]))))

    def do_check(self, line: str) -> None:
        """check [EVENT]: finite differences for this layer, here and now."""
        self._say(str(self.stepper.check(line.strip() or self.focus.name)))

    def do_why(self, line: str) -> None:
        """why [VALUE] INDEX ...: why is this number 0, or nan?"""
        self._say(str(self.stepper.why(*self._element(line))))

    def do_diverges(self, line: str) -> None:
        """diverges FILE: the first event, index and term where another step, saved in FILE, parts from this one."""
        other = Stepper.load(*self._words(line, 1, "diverges FILE"))
        self._say(str(self.stepper.diverges(other) or "they do not part"))

    def do_shapes(self, line: str) -> None:
        """shapes: the shape of every layer's output, and how many parameters it has."""
        self._say(*self.display.shapes())

    # The rest

    def do_save(self, line: str) -> None:
        """save FILE: write the step to a file, for minunet step FILE, Stepper.load, or diverges."""
        path = self._words(line, 1, "save FILE")[0]
        if Path(path).exists():
            raise FileExistsError(f"{path} exists already; give another name")
        self.stepper.save(path)
        self._say(f"saved in {path}")

    def do_history(self, line: str) -> None:
        """history: the commands so far."""
        self._say(*(f"{k:4d}  {command}" for k, command in enumerate(self.commands, 1)))

    def do_help(self, line: str) -> None:
        """h(elp) [COMMAND]: all commands, or more about one."""
        word = SHORT.get(line.strip(), line.strip())
        documented = {name[3:]: getattr(self, name).__doc__ for name in self.get_names() if name.startswith("do_")}
        if word and word not in documented:
            raise ValueError(f"there is no command {word!r}; help lists them")
        for name in [word] if word else documented:
            usage, _, text = " ".join(documented[name].split()).partition(": ")
            if word:
                self._say(usage, *textwrap.wrap(text, 96, initial_indent="    ", subsequent_indent="    "))
            else:
                self._say(f"  {usage:44s} {textwrap.shorten(text, 70, placeholder=' ...')}")

    def do_quit(self, line: str) -> bool:
        """q(uit): leave."""
        return True

    def complete(self, text: str, state: int):
        """Commands first, then the names of events and values."""
        import readline

        begun = readline.get_line_buffer().lstrip()
        if " " not in begun:
            known = [name[3:] for name in self.get_names() if name.startswith("do_")]
        else:
            known = [*(event.name for event in self.stepper.events), *self.stepper.values, *PHASES, *CONDITIONS]
        found = sorted({name for name in known if name.startswith(text)})
        return found[state] if state < len(found) else None

    # How things are shown

    def _say(self, *lines: str) -> None:
        self.stdout.write("".join(f"{line}\n" for line in lines))

    def _move(self, step: Callable[[], Event | None], line: str, end: str) -> None:
        count = _whole(line.strip() or "1")
        if count < 1:
            raise ValueError(f"{count} is no number of events, expected 1 or more")
        for _ in range(count):
            if step() is None:
                self._say(f"*** {end}")
                break
        self._arrived()

    def _arrived(self) -> None:
        self.focus = self.stepper.event
        self._show()

    def _look(self, event: Event) -> None:
        self.focus = event
        self._show()

    def _show(self) -> None:
        self._say(*self.display.event(self.focus))

    def _element(self, line: str) -> tuple[str, tuple[int, ...]]:
        """A value and an index, as typed; without a value, of this event's first result."""
        words = _spaced(line)
        if words and not words[0].lstrip("-").isdigit():
            return words[0], tuple(map(_whole, words[1:]))
        if not self.focus.outputs:
            raise ValueError("this event made nothing; name a value")
        return next(iter(self.focus.outputs.values())), tuple(map(_whole, words))

    def _words(self, line: str, count: int, usage: str) -> list[str]:
        words = shlex.split(line)
        if len(words) != count:
            raise ValueError(f"expected {usage}")
        return words


def _spaced(line: str) -> list[str]:
    """The words of a line; down0.conv0[0,1,2,3], as an explanation prints it, is a name and four numbers."""
    return "".join(" " if character in ",[]" else character for character in line).split()


def _whole(word: str) -> int:
    try:
        return int(word.strip(","))
    except ValueError:
        raise ValueError(f"{word!r} is no whole number") from None


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        raise ValueError(f"{word!r} is no number") from None
