"""``python -m tests.redteam``: plays every submission at every level that there is, and prints what came of it."""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))  # as pytest does
    from redteam.arena import Arena, submissions, surprises

    everything = list(submissions())
    columns = "survived", "forged", "read", "running", "behind", "sent", "hurt"
    print(f"user {os.geteuid()}, {len(everything)} submissions, of which each level has")
    print("level", "contained", "as expected", *columns, sep="\t")
    for level in range(4):
        try:
            arena = Arena(level)
        except ValueError as error:
            print(level, error, sep="\t")
            continue
        with arena:
            results = {submission: arena.play(submission) for submission in everything}
            expected = sum(not surprises(s, r) for s, r in results.items())
            contained = sum(r.survived and not r.harm for r in results.values())
            counts = [sum(bool(getattr(r, column)) for r in results.values()) for column in columns]
            print(level, contained, expected, *counts, sep="\t")
            if "-v" in sys.argv:
                for submission, result in results.items():
                    for surprise in surprises(submission, result):
                        print("", submission.name, surprise, sep="\t")
                    if result.harm:
                        print("", submission.name, "harm:", result.harm, sep="\t")
