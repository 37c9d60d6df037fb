#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image: a Python that is new enough, and what a grading imports.
set -euo pipefail
root="${AUTOGRADER:-/autograder}"
apt-get update
for python in python3.14 python3.13 python3.12 python3.11; do
    if apt-get install -y "$python" "$python-venv"; then break; fi
done
"$python" -m venv "$root/venv"
"$root/venv/bin/pip" install --requirement "$root/source/requirements.txt"
