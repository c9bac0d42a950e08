# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian packages of this source, built as a user of `make deb` does."""

import os
import shutil
from pathlib import Path

from . import cache, host
from .say import output, run

# package: a file that it brings
BUILD_PACKAGES = {
    "debhelper": "/usr/bin/dh",
    "device-tree-compiler": "/usr/bin/dtc",
    "dh-dkms": "/usr/bin/dh_dkms",
    "fakeroot": "/usr/bin/fakeroot",
    "libfdt-dev": "/usr/include/libfdt.h",
    "libkmod-dev": "/usr/include/libkmod.h",
    "libpci-dev": "/usr/share/doc/libpci-dev",
    "lintian": "/usr/bin/lintian",
    "zlib1g-dev": "/usr/include/zlib.h",
}
SOURCES = ("COPYING", "Kbuild", "Makefile", "README", "docs", "drivers", "dts", "packaging", "tools")


def copy_sources(directory):
    """What packages are made of, without what was built from it."""
    output(["git", "-C", cache.REPO, "rev-parse", "--git-dir"])
    for name in output(["git", "-C", cache.REPO, "ls-files", "-co", "--exclude-standard", *SOURCES]).splitlines():
        if (cache.REPO / name).exists():
            target = directory / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(cache.REPO / name, target)
    shutil.copytree(directory / "packaging/debian", directory / "debian")


def build(architecture="amd64", environment=(), arguments=()):
    """The directory with the packages for an architecture."""
    headers = f"linux-headers-{output(['dpkg', '--print-architecture']).strip()}"
    host.install_packages({**BUILD_PACKAGES, headers: f"/usr/share/doc/{headers}"})

    def make(work):
        source = work / "source"
        source.mkdir()
        copy_sources(source)
        run(["dpkg-buildpackage", "-us", "-uc", "-b", f"-a{architecture}", *arguments],
            f"building packages for {architecture}", cache.directory("logs") / f"packages-{architecture}.log",
            env=dict(os.environ, **dict(environment)), cwd=source)
        shutil.rmtree(source)

    hashed = cache.key(Path(__file__), *(cache.REPO / name for name in SOURCES), repr((environment, arguments)))
    return cache.artefact(f"packages-{architecture}", hashed, make)
