"""How often the mistake is named that a file was written to have.

    python -m tests.grading.naming [-v]

The files of `heldout/` were written from the names and explanations of the bank alone, drawn at random, by hands that
had not seen its code. A file counts where every mistake of its header is named, and no other.
"""

import re
import sys
from collections import Counter
from pathlib import Path

from minunet.grading.asking import program
from minunet.grading.grader import grade_submission, selected
from minunet.grading.sandbox import Sandbox
from minunet.grading.specs import find_spec
from minunet.grading.submission import read_submission

HELDOUT = Path(__file__).with_name("heldout")


def header(path):
    """(Assignment, function, [(output, mistake), ...]) of a file."""
    lines = re.findall(r"^# (spec|function|output|mistake): *(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    found = {name: [_unquoted(value.strip()) for key, value in lines if key == name] for name in dict(lines)}
    outputs = found["output"] * (
        len(found["mistake"]) // len(found["output"])
    )  # of two mistakes in one it is named once
    return found["spec"][0], found["function"][0], list(zip(outputs, found["mistake"], strict=True))


def _unquoted(text):
    return text[1:-1] if text.startswith('"') and text.endswith('"') and text.count('"') == 2 else text


def named(path, sandbox):
    """[(output, name), ...] of what the grader finds in the function of the header."""
    name, function, _ = header(path)
    spec = find_spec(name)
    layer = next(layer for layer in spec.layers if function in [one.name for one in layer.functions])
    report = grade_submission(read_submission(path), selected(spec, [layer.name]), sandbox)
    finding = next(finding for finding in report.findings if finding.function == function)
    given = [note.partition("; ")[0].partition(": ")[::2] for note in finding.notes if "template" in note]
    return [(fault.output, fault.name) for fault in finding.faults] + given


def score(verbose=False):
    """{count of mistakes: (right, all)} over all files."""
    right, total = Counter(), Counter()
    with Sandbox(program()) as sandbox:
        for path in sorted(HELDOUT.glob("*/*.py")):
            wanted, found = header(path)[2], named(path, sandbox)
            total[len(wanted)] += 1
            if sorted(wanted) == sorted(found):
                right[len(wanted)] += 1
            elif verbose:
                print(f"{path.relative_to(HELDOUT)}: {wanted}; found {found}")
    return {count: (right[count], total[count]) for count in sorted(total)}


if __name__ == "__main__":
    for count, (right, total) in score("-v" in sys.argv).items():
        print(f"{count} mistake{'s' * (count > 1)}: {right} of {total} named, {right / total:.1%}")
