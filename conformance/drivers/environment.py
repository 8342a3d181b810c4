"""The environment of a driver: nothing of ours that could reach a network, an account or a file of the user."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

_KEPT = frozenset(
    {
        "PATH",
        "LANG",
        "LC_ALL",
        "LC_CTYPE",
        "TZ",
        "JAVA_HOME",
        "GOROOT",
        "SYSTEMROOT",
        "TMPDIR",
        "LD_LIBRARY_PATH",
    }
)


def scrubbed(environment: Mapping[str, str], home: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """A child's environment: the few variables that programs need to run, `home` as HOME, and `extra`.

    An allow-list, because credentials come under many names: no `*_PROXY`, no cloud keys, no registry tokens, no
    `PYTHONPATH`, `NODE_OPTIONS` or `JAVA_TOOL_OPTIONS`. `home` is an isolated folder, so that no credential
    file is found.
    """
    child = {name: value for name, value in environment.items() if name in _KEPT}
    child.update(
        HOME=str(home),
        USERPROFILE=str(home),
        XDG_CONFIG_HOME=str(home / ".config"),
        PYTHONDONTWRITEBYTECODE="1",
    )
    child.update(PYTHONUNBUFFERED="1", PYTHONNOUSERSITE="1", ALIBABA_CLOUD_ECS_METADATA_DISABLED="true")
    child.update(extra or {})
    return child
