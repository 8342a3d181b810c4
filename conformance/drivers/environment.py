"""The environments of children: a driver gets nothing of ours that could reach a network, an account or a file of the
user; a package manager gets what tells it where its registry is, and no secret.
"""

from __future__ import annotations

import re
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


# how a package manager reaches its registry: proxies, certificates, its own settings
_OF_A_NETWORK = frozenset(
    {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE",
     "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"}
)  # fmt: skip
_OF_A_MANAGER = frozenset(
    {"HOME", "USER", "LOGNAME", "USERPROFILE", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "M2_HOME", "MAVEN_HOME",
     "MAVEN_OPTS", "MAVEN_ARGS", "GOPROXY", "GONOPROXY", "GOPRIVATE", "GOSUMDB", "GONOSUMDB", "GONOSUMCHECK",
     "GOINSECURE", "GOTOOLCHAIN", "GOENV", "GOPATH", "GOCACHE", "GOMODCACHE"}
)  # fmt: skip
_OWN_SETTINGS = ("PIP_", "NPM_CONFIG_")
_SECRET = re.compile("AUTH|TOKEN|PASS|SECRET|CREDENTIAL|KEY", re.IGNORECASE)


def for_a_package_manager(environment: Mapping[str, str], extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a package manager and of the scripts of packages that it runs.

    An allow-list, too: no cloud key and no token of a CI is in it, under whatever name. A registry that wants
    credentials is told them by the package manager's own files.
    """
    child = {name: value for name, value in environment.items() if _is_for_a_manager(name.upper())}
    child.update(extra or {})
    return child


def _is_for_a_manager(name: str) -> bool:
    if name in _KEPT or name in _OF_A_NETWORK or name in _OF_A_MANAGER:
        return True
    return name.startswith(_OWN_SETTINGS) and not _SECRET.search(name)
