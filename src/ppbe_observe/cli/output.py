"""Writes a result to a file: the whole of it, or what was there before stays."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from ppbe_observe.errors import SettingsError


def check_output(path: Path) -> None:
    """Look whether it can be written, before the work of a minute is lost.

    Raises:
        SettingsError: It cannot.
    """
    real = _followed(path)
    if real.is_dir():
        raise SettingsError(f"--output {path}: it is a directory")
    if not real.parent.is_dir():
        parent = real.parent if path.is_symlink() else path.parent
        raise SettingsError(f"--output {path}: there is no directory {parent}")
    written = real if _is_device(real) else real.parent
    if not os.access(written, os.W_OK, effective_ids=True):
        raise SettingsError(f"--output {path}: {written} is not writable for this user")


def write_output(path: Path, content: bytes) -> None:
    """Replace a file; what is none (a device, a pipe) is written to.

    Raises:
        SettingsError: It cannot be written; what was there before is unchanged.
    """
    try:
        if _is_device(path):
            path.write_bytes(content)
        else:
            _replace(_followed(path), content)
    except OSError as error:
        raise SettingsError(f"--output {path}: {error.strerror}; nothing was written") from error


def _followed(path: Path) -> Path:
    """Where a link leads to: it stays, and what it names is replaced."""
    return Path(os.path.realpath(path))


def _is_device(path: Path) -> bool:
    return path.exists() and not path.is_file()


def _replace(path: Path, content: bytes) -> None:
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        new = Path(file.name)
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            new.chmod(_mode_for(path))
            new.replace(path)
        except BaseException:
            new.unlink(missing_ok=True)
            raise


def _mode_for(path: Path) -> int:
    """That of the file it replaces, else what the process gives to new files."""
    if path.exists():
        return path.stat().st_mode & 0o777
    umask = os.umask(0o077)
    os.umask(umask)
    return 0o666 & ~umask
