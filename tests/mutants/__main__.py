"""Print which checks catch which planted mistake."""

from . import MUTANTS, failures

caught = 0
width = max(len(str(mutant)) for mutant in MUTANTS)
for mutant in MUTANTS:
    by = [name for name, _ in failures(mutant.file, mutant.source())]
    caught += bool(by)
    print(f"{mutant!s:{width}}  {', '.join(by) or 'NOT CAUGHT'}")
print(f"caught {caught} of {len(MUTANTS)} planted")
