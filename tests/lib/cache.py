# SPDX-License-Identifier: GPL-2.0-or-later
"""Where built things live: outside the repo, each under a hash of what went in."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from pathlib import Path

from .say import say

REPO = Path(__file__).resolve().parents[2]
TESTS = REPO / "tests"
UNFINISHED = ".unfinished-"
PRUNE_SECONDS = 14 * 24 * 3600


def root():
    """The cache directory: $DTSLOT_CACHE, or dtslot below the user's cache directory."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    path = Path(os.environ.get("DTSLOT_CACHE") or Path(home) / "dtslot").absolute()
    path.mkdir(parents=True, exist_ok=True)
    return path


def directory(name):
    path = root() / name
    path.mkdir(parents=True, exist_ok=True)
    return path


def key(*inputs):
    """A short hash of strings and of the files below paths, names included."""
    digest = hashlib.sha256()
    for item in inputs:
        if not isinstance(item, Path):
            digest.update(b"s" + str(item).encode() + b"\0")
            continue
        for path in sorted(item.rglob("*")) if item.is_dir() else [item]:
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(b"f" + str(path.relative_to(item.parent)).encode() + b"\0")
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def artefact(kind, hashed, build):
    """The directory kind-hash; if there is none yet, build(dir) fills it, and it appears complete or not at all.

    One builder of a kind at a time; what is there already can be had while others build.
    """
    path = root() / f"{kind}-{hashed}"
    if not path.is_dir():
        with lock(kind):
            for unfinished in root().glob(f"{UNFINISHED}{kind}@*"):     # of a builder that was killed
                shutil.rmtree(unfinished)
            if not path.is_dir():
                work = Path(tempfile.mkdtemp(prefix=f"{UNFINISHED}{kind}@", dir=root()))
                try:
                    build(work)
                    work.chmod(0o755)
                    work.rename(path)
                except BaseException:
                    shutil.rmtree(work, ignore_errors=True)
                    raise
                prune(kind, path)
    os.utime(path)
    return path


def prune(kind, keep):
    """Drop what this kind has under other keys and nobody used for two weeks."""
    for path in root().glob(f"{kind}-" + "?" * 16):
        if path != keep and time.time() - path.stat().st_mtime > PRUNE_SECONDS:
            say(f"dropping {path.name} from the cache")
            shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def lock(name):
    """One process at a time in the part of this cache that has this name; locks nest as artefacts are made of others."""
    with open(directory("locks") / name, "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"another run is making '{name}' in this cache, waiting for it ...")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def results():
    """Where the logs of this checkout's tests go: two checkouts may run the same test at once."""
    return directory(f"results-{key(str(REPO))}")
