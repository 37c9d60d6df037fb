"""Print which checks catch which planted mistake."""

import sys

from . import MUTANTS, failures


def report(mutants):
    """Print a line for each mistake and the count; return how many were caught."""
    caught = 0
    width = max(len(str(mutant)) for mutant in mutants)
    for mutant in mutants:
        by = [name for name, _ in failures(mutant.file, mutant.source())]
        caught += bool(by)
        print(f"{mutant!s:{width}}  {', '.join(by) or 'NOT CAUGHT'}")
    print(f"caught {caught} of {len(mutants)} planted")
    return caught


if __name__ == "__main__":
    sys.exit(report(MUTANTS) < len(MUTANTS))
