# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian packages of this source, built as a user of `make deb` does; for arm64, from other machines too."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from . import cache, fetch, host, qemu_build
from .kernel_build import CROSS
from .say import output, run

# package: a file that it brings
BUILD_PACKAGES = {
    "build-essential": "/usr/share/build-essential/list",
    "debhelper": "/usr/bin/dh",
    "device-tree-compiler": "/usr/bin/dtc",
    "dh-dkms": "/usr/bin/dh_dkms",
    "fakeroot": "/usr/bin/fakeroot",
    "libfdt-dev": "/usr/include/libfdt.h",
    "libkmod-dev": "/usr/include/libkmod.h",
    "libpci-dev": "/usr/share/doc/libpci-dev",
    "zlib1g-dev": "/usr/include/zlib.h",
}
LINT_PACKAGES = {"lintian": "/usr/bin/lintian"}
# what the program is linked with, of another architecture: the package that a program depends on, and its number
FOREIGN_LIBRARIES = {"libfdt": ("libfdt1", 1), "libkmod": ("libkmod2", 2),
                     "libpci": ("libpci3", 3), "libz": ("zlib1g", 1)}
FOREIGN_PACKAGES = ("libfdt1", "libfdt-dev", "libkmod2", "libkmod-dev", "libpci3", "libpci-dev", "zlib1g", "zlib1g-dev")
# as .gitignore has it
BUILT = re.compile(r"(^|/)(tools/build|__pycache__|\.tmp_versions)/|(^|/)(modules\.order|Module\.symvers)$|"
                   r"\.(o|ko|mod|mod\.c|dtbo?|dtbo?\.S)$|(^|/)\.[^/]*\.cmd$")
QEMU_BUILD_PACKAGES = ("build-essential", "debhelper", "fakeroot")
QEMU_RECIPES = cache.REPO / "packaging/qemu"
SOURCES = ("COPYING", "Kbuild", "Makefile", "README", "docs", "drivers", "dts", "packaging", "tools")


def source_names():
    """The paths of these, without what was built from them: as git says, or where it cannot, as names tell.

    It cannot in a source that came as an archive, and in a clone that belongs to another user.
    """
    if shutil.which("git"):
        done = subprocess.run(["git", "-C", cache.REPO, "ls-files", "-co", "--exclude-standard", *SOURCES], text=True,
                              capture_output=True, check=False)
        if not done.returncode:
            return sorted(name for name in done.stdout.splitlines() if (cache.REPO / name).exists())
    paths = [path for name in SOURCES for path in (cache.REPO / name, *(cache.REPO / name).rglob("*")) if path.is_file()]
    names = [str(path.relative_to(cache.REPO)) for path in paths]
    return sorted(name for name in names if not BUILT.search(name))


def copy_sources(directory):
    """What packages are made of, without what was built from it."""
    for name in source_names():
        target = directory / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(cache.REPO / name, target)
    shutil.copytree(directory / "packaging/debian", directory / "debian")


def foreign_libraries(architecture):
    """A directory with what the program is linked with there: this machine has none of it."""
    debs = fetch.debs_of_suite("trixie", architecture, FOREIGN_PACKAGES, ["download"])

    def make(work):
        for deb in debs.glob("*.deb"):
            output(["dpkg-deb", "-x", deb, work])

    return cache.artefact(f"libraries-{architecture}", cache.key(debs.name), make) / "usr"


def prepare_foreign(source, architecture):
    """Have the packages built for another architecture than ours; returns (environment, arguments) for that."""
    libraries = foreign_libraries(architecture)
    [directory] = (libraries / "lib").glob("*-linux-gnu")
    (source / "debian/shlibs.local").write_text("".join(
        f"{name} {number} {package}\n" for name, (package, number) in FOREIGN_LIBRARIES.items()))
    return {
        "DEB_CPPFLAGS_APPEND": f"-I{libraries}/include -I{directory.parent.parent}/include/{directory.name}",
        "DEB_LDFLAGS_APPEND": f"-L{directory} -Wl,--allow-shlib-undefined",
        # where dpkg-shlibdeps looks
        "LD_LIBRARY_PATH": f"{directory}:/usr/{CROSS[architecture].rstrip('-')}/lib",
        "DEB_BUILD_OPTIONS": "nocheck",
    }, ("-d", "-B")


def headers_with(kernel, top, options):
    """The build directory, below top, of a kernel like this one of Debian's that has more drivers, as modules."""
    shutil.copytree(kernel.build, top / "build", symlinks=True)
    (top / kernel.bindings.parent.name).symlink_to(kernel.bindings.parent)
    for name in ("scripts", "tools"):
        (top / "build" / name).unlink()
        (top / "build" / name).symlink_to((kernel.build / name).resolve())
    with open(top / "build/include/config/auto.conf", "a") as config:
        config.writelines(f"CONFIG_{option}=m\n" for option in options)
    return top / "build"


def files(deb):
    """The paths of the files in a package, relative to the root."""
    lines = output(["dpkg-deb", "-c", deb]).splitlines()
    return {line.split()[5].removeprefix("./") for line in lines if not line.startswith("d")}


def lint(*debs):
    """lintian has nothing to say of these packages."""
    host.install_packages(LINT_PACKAGES)
    done = subprocess.run(["lintian", "--tag-display-limit", "0", "--allow-root", *debs], capture_output=True, text=True,
                          check=False)
    assert done.stdout == "" and done.returncode == 0, done.stdout + done.stderr


def set_version(source, version):
    """Make the newest version of a source another one."""
    changes = source / "debian/changelog"
    changes.write_text(re.sub(r"\(.*?\)", f"({version})", changes.read_text(), count=1))


def build(architecture="amd64", environment=(), arguments=(), version=None):
    """The directory with the packages for an architecture: all, or of another than ours those that differ from ours.

    version: another one than the source has
    """
    ours = output(["dpkg", "--print-architecture"]).strip()
    headers = f"linux-headers-{ours}"
    host.install_packages({**BUILD_PACKAGES, headers: f"/usr/share/doc/{headers}",
                           **(host.ARM64_PACKAGES if architecture != ours and architecture in CROSS else {})})

    def make(work):
        source = work / "source"
        source.mkdir()
        copy_sources(source)
        if version:
            set_version(source, version)
        foreign = ({}, ("-b",)) if architecture == ours else prepare_foreign(source, architecture)
        run(["dpkg-buildpackage", "-us", "-uc", *foreign[1], f"-a{architecture}", *arguments],
            f"building packages for {architecture}", cache.directory("logs") / f"packages-{architecture}.log",
            env={**os.environ, **foreign[0], **dict(environment)}, cwd=source)
        shutil.rmtree(source)

    hashed = cache.key(Path(__file__), *(cache.REPO / name for name in SOURCES), repr((environment, arguments, version)))
    return cache.artefact(f"packages-{architecture}", hashed, make)


def build_qemu():
    """The directory with the package of QEMU for this machine."""
    host.install_packages({name: BUILD_PACKAGES[name] for name in QEMU_BUILD_PACKAGES})
    source, version = fetch.unpack_qemu(qemu_build.SERIES.split(":")[1])
    binaries = qemu_build.build_binaries(source, version)
    roms = qemu_build.build_option_roms(source, version)
    changes = cache.REPO / "packaging/debian/changelog"

    def make(work):
        debian = work / "source/debian"
        shutil.copytree(QEMU_RECIPES, debian)
        (debian / "changelog").write_text(changes.read_text().replace("dtslot (", "qemu-dtslot ("))
        run(["dpkg-buildpackage", "-us", "-uc", "-b"], f"building a package of qemu {version}",
            cache.directory("logs") / "packages-qemu.log", cwd=work / "source", env={
                **os.environ, "QEMU_BINARIES": str(binaries), "QEMU_ROMS": str(roms), "QEMU_VERSION": f"1:{version}"})
        shutil.rmtree(work / "source")

    return cache.artefact("packages-qemu", cache.key(binaries.name, QEMU_RECIPES, changes), make)
