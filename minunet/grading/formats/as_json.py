"""A report for programs: one JSON document, as `report.schema.json` beside this file describes it."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from ..report import Report
from .per_student import Reports, write_each

FORMAT = "minunet grade 1"


def write(reports: Reports, out: Path) -> None:
    """``report.json``, or for a class ``json/NAME.json``."""
    write_each(reports, out, "report.json", "json", to_json)


def to_json(report: Report) -> str:
    """The same bytes for the same report: keys sorted, nothing but ASCII."""
    document = {"format": FORMAT} | report.to_dict()
    return json.dumps(document, indent=1, sort_keys=True, allow_nan=False) + "\n"


def schema() -> dict[str, Any]:
    """The JSON Schema of what `to_json` gives."""
    return json.loads((files(__package__) / "report.schema.json").read_text(encoding="utf-8"))
