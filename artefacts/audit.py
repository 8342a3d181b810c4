"""`make audit`: are there known vulnerabilities in what the lock file names? By pip-audit.

Exit status: 0 none is known; 1 some are; 3 not established, as pip-audit reaches nothing or does not know each package.
pip-audit itself ends with 0 where it could look up none of them.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

LOCK = Path("requirements-dev.lock")
# in an environment of its own, which `make audit` sets up
TOOL = Path(".venv-audit", "bin", "pip-audit")
NAMED = 3


def audited(lock: Path) -> subprocess.CompletedProcess[str]:
    """What pip-audit says of a lock file."""
    words = ("--disable-pip", "--require-hashes", "--format", "json", "--progress-spinner", "off", "--timeout", "10")
    command = [str(TOOL), *words, "-r", str(lock)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def concluded(output: str, errors: str) -> tuple[int, list[str]]:
    """Exit status and lines, of what pip-audit printed."""
    try:
        found: list[Mapping[str, Any]] = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = (errors.strip().splitlines() or ["it said nothing"])[-1].strip()
        return 3, [f"Not audited: pip-audit could not ask its registry ({last})."]
    lines = [
        f"{one['name']} {one['version']}: {bad['id']}, mended in {', '.join(bad['fix_versions']) or 'no release'}"
        for one in found
        for bad in one.get("vulns", ())
    ]
    skipped = [str(one["name"]) for one in found if "skip_reason" in one]
    if lines:
        return 1, [*lines, f"{len(lines)} known vulnerabilities in {len(found)} packages."]
    if skipped or not found:
        some = ", ".join(skipped[:NAMED]) + (", …" if len(skipped) > NAMED else "")
        known = f"of {len(found)} packages the registry told nothing about {len(skipped)} ({some})"
        return 3, [f"Not audited: {known}. Run it where the public package index is reached."]
    return 0, [f"No known vulnerability in {len(found)} packages."]


def main() -> int:
    """Raises nothing: what cannot be done is said."""
    done = audited(LOCK)
    status, lines = concluded(done.stdout, done.stderr)
    print("\n".join(lines), file=sys.stderr if status else sys.stdout)
    return status


if __name__ == "__main__":
    sys.exit(main())
