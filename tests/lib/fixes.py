# SPDX-License-Identifier: GPL-2.0-or-later
"""The project's fixes for mainline drivers: as patches, and as modules that are built with them."""

import os
import shutil
import subprocess

from . import cache, fetch, host, kernel_build
from .say import Failed

FIXES = cache.REPO / "docs/mainline"
PACKAGES = {"coccinelle": "/usr/bin/spatch", "patch": "/usr/bin/patch"}
AUTHOR = {"GIT_AUTHOR_NAME": "dtslot", "GIT_AUTHOR_EMAIL": "dtslot@example.org",
          "GIT_COMMITTER_NAME": "dtslot", "GIT_COMMITTER_EMAIL": "dtslot@example.org"}


def make_patches(series, directory, *names):
    """What make-patches says of a kernel series; the patches are in the directory."""
    host.install_packages(PACKAGES)
    source, _ = fetch.unpack_linux(series)
    done = subprocess.run([FIXES / "make-patches", source, directory, *names], capture_output=True, text=True, check=False,
                          env={**os.environ, **AUTHOR, "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "user.name",
                               "GIT_CONFIG_VALUE_0": "dtslot"})
    if done.returncode:
        raise Failed(f"make-patches: {done.stderr}")
    return done.stdout


def build(kernel, folder, *objects):
    """The modules of a driver's folder, built with all fixes for a kernel: {name: content}."""
    series = kernel_build.series(kernel.name)
    source, version = fetch.unpack_linux(series)

    def make(work):
        patches = work / "patches"
        make_patches(series, patches)
        tree = work / folder
        shutil.copytree(source / folder, tree)
        for patch in sorted(patches.glob("*.patch")):
            if f"+++ b/{folder}/" in patch.read_text():
                subprocess.run(["patch", "-s", "-p1", "-i", patch], cwd=work, check=True)
        log = cache.directory("logs") / f"fixed-{kernel.name}.log"
        with open(log, "w") as file:
            if subprocess.run(["make", "-C", kernel.build, f"M={tree}", f"-j{os.cpu_count()}", *objects],
                              stdout=file, stderr=file, check=False).returncode:
                raise Failed(f"{folder} does not build with the fixes, see {log}")
        for module in tree.rglob("*.ko"):
            subprocess.run(["strip", "-g", module], check=True)
            module.rename(work / module.name)
        shutil.rmtree(work / "drivers")

    key = cache.key(version, kernel.directory.name, FIXES, folder, *objects)
    return {path.stem: path.read_bytes() for path in cache.artefact(f"fixed-{folder.split('/')[-1]}", key, make).glob("*.ko")}
