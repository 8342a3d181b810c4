"""The file that an SDK's release is: what is certified is its bytes, not its name and number."""

from __future__ import annotations

import tarfile
import zipfile
from collections.abc import Iterator
from email.parser import BytesHeaderParser
from hashlib import sha256
from pathlib import Path

from attrs import field, frozen

from conformance.errors import Refusal

_MOST_OF_A_MEMBER = 4 * 1024 * 1024


@frozen
class Artifact:
    """A wheel, sdist, npm tarball, jar or Go module zip. `package` and `release` are what it says of itself.

    `given` holds where a user gave it, so that it need not be in any registry. `beside` is what is installed with it:
    the pom of a jar.
    """

    path: Path
    package: str
    release: str
    given: bool = False
    beside: Path | None = None
    sha256: str = field(init=False)

    @sha256.default
    def _sha256(self) -> str:
        return sha256(self.path.read_bytes()).hexdigest()

    @property
    def mark(self) -> str:
        """Hex digits that stand for all the bytes that are installed."""
        if self.beside is None:
            return self.sha256
        return sha256(self.sha256.encode() + self.beside.read_bytes()).hexdigest()


def only(folder: Path, what: str, *patterns: str, leaving_out: tuple[str, ...] = ()) -> Path:
    """The one file in a folder that matches any of the patterns. Raises Refusal where there is none, or several, which
    says by `what`, in words with an article, what is expected.
    """
    found = sorted({p for pattern in patterns for p in folder.glob(pattern) if not p.name.endswith(leaving_out)})
    if len(found) == 1:
        return found[0]
    seen = f"has {len(found)} ({', '.join(p.name for p in found[:3])})" if found else "has none"
    raise Refusal(f"{folder} is to hold {what}, and {seen}. Give --artifact the file itself.")


def wheel_or_sdist(path: Path) -> tuple[str, str]:
    """Name and version, as the metadata in the file have them. Raises Refusal."""
    is_wheel = path.suffix == ".whl"
    text = member(path, "*.dist-info/METADATA" if is_wheel else "*/PKG-INFO")
    headers = BytesHeaderParser().parsebytes(text)
    name, version = headers.get("Name"), headers.get("Version")
    if not name or not version:
        raise Refusal(f"{path} does not say its name and version in its metadata; give a wheel or an sdist.")
    return str(name), str(version)


def member(path: Path, pattern: str) -> bytes:
    """The first member of a zip or tar file that matches, in the file's order, of at most 4 MiB. Raises Refusal."""
    try:
        for name, read in _members(path):
            if Path(name).match(pattern) and len(Path(name).parts) == len(Path(pattern).parts):
                return read()
    except (
        OSError,
        zipfile.BadZipFile,
        tarfile.TarError,
        EOFError,
        RuntimeError,
        ValueError,
        NotImplementedError,
    ) as e:
        raise Refusal(f"{path} cannot be read as a package: {e}. Build it again.") from None
    raise Refusal(f"{path} is no package of this kind: it has no {pattern}.")


def names(path: Path) -> list[str]:
    """The members of a zip file. Raises Refusal."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    except (OSError, zipfile.BadZipFile) as e:
        raise Refusal(f"{path} cannot be read as a package: {e}. Build it again.") from None


class _Reader:
    """Reads one member of an open archive, when it is asked for."""

    def __init__(self, archive: zipfile.ZipFile | tarfile.TarFile, name: str) -> None:
        self._archive, self._name = archive, name

    def __call__(self) -> bytes:
        if isinstance(self._archive, zipfile.ZipFile):
            with self._archive.open(self._name) as stream:
                return stream.read(_MOST_OF_A_MEMBER)
        found = self._archive.extractfile(self._name)
        return found.read(_MOST_OF_A_MEMBER) if found else b""


def _members(path: Path) -> Iterator[tuple[str, _Reader]]:
    is_zip = zipfile.is_zipfile(path)
    if not is_zip and not tarfile.is_tarfile(path):  # opening it would tell of each way in which it is none
        raise ValueError(f"its {path.stat().st_size} bytes are neither a zip nor a tar file")
    if is_zip:
        with zipfile.ZipFile(path) as zipped:
            for name in zipped.namelist():
                yield name, _Reader(zipped, name)
        return
    with tarfile.open(path) as tarred:
        for entry in tarred:
            if entry.isfile():
                yield entry.name, _Reader(tarred, entry.name)
