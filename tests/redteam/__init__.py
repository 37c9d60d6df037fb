"""Submissions that try to get at the grader, and faulty ones that are honest: one short file each.

Each says in its docstring what it tries, and in the line ``# EXPECT:`` what comes of it:

- ``answers``: "right", where its arrays are the right ones; "wrong", where something else comes back as an answer;
  "none", where less than all answers come back; "any", where each of these will do;
- ``ended``: how its job ends, alternatives apart by ``|``;
- ``contained``: the level of isolation from which on it does no harm beyond its own process;
- ``seconds``: what its job may take, where that is not the usual.

It may have a line ``TARGETS = {}``, in whose place `arena.Arena` puts what an attacker who knows everything knows.
"""
