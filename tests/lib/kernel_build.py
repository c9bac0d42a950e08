# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernels under test, and our modules for each."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import cache, fetch
from .say import Failed, output, run

CONFIGS = cache.TESTS / "kernel"
FRAGMENTS = {
    "7.3": ("base", "7.3"),
    "6.12": ("base", "6.12"),
    "7.3-debug": ("base", "7.3", "debug"),
}
ABOUT_STEPS = {"7.3": 2560, "6.12": 2480, "7.3-debug": 2600}
MODULE_SOURCES = ("Kbuild", "drivers", "dts")


@dataclass
class Kernel:
    """A built kernel."""
    name: str
    directory: Path     # the artefact: bzImage, modules/
    build: Path         # what KDIR= takes
    release: str


def series(name):
    return name.split("-")[0]


def write_config(source, build, fragments):
    """tinyconfig plus fragments; fails if an option did not come out as a fragment says."""
    make = ["make", "-C", source, f"O={build}"]
    output([*make, "tinyconfig"])
    config = build / ".config"
    wanted = {}
    with open(config, "a") as file:
        for fragment in fragments:
            text = (CONFIGS / f"{fragment}.config").read_text()
            file.write(text)
            for line in text.splitlines():
                option = re.match(r"(?:# )?(CONFIG_\w+)(?:=| is not set)", line)
                if option:
                    wanted[option[1]] = line
    output([*make, "olddefconfig"])
    lines = set(config.read_text().splitlines())
    for option, line in wanted.items():
        absent = line.startswith("#") and not any(have.startswith(f"{option}=") for have in lines)
        if line not in lines and not absent:
            have = next((have for have in lines if re.search(rf"\b{option}\b", have)), "nothing")
            raise Failed(f"kernel configuration: wanted '{line}', got '{have}'"
                         f" (a dependency is missing in tests/kernel/*.config)")


def counted(total):
    """Progress of a kernel build: lines so far of about how many."""
    done = 0

    def steps(line):
        nonlocal done
        if re.match(r"  (CC|LD|AR|AS)", line):
            done += 1
        return f"{min(99, 100 * done // total)}%"

    return steps


def forget_place(makefile):
    """Make the Makefile of an output directory work wherever the directory is moved to."""
    here = "$(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))"
    text = makefile.read_text()
    makefile.write_text(re.sub(r"^(export KBUILD_OUTPUT) =.*", lambda match: f"{match[1]} := {here}", text, flags=re.M))


def build_kernel(name):
    source, version = fetch.unpack_linux(series(name))
    fragments = FRAGMENTS[name]
    compiler = output(["gcc", "--version"]).splitlines()[0]
    hashed = cache.key(version, compiler, *(CONFIGS / f"{fragment}.config" for fragment in fragments))
    log = cache.directory("logs") / f"kernel-{name}.log"

    def make(work):
        build = work / "build"
        build.mkdir()
        write_config(source, build, fragments)
        env = dict(os.environ, KBUILD_BUILD_TIMESTAMP="@0", KBUILD_BUILD_USER="dtslot", KBUILD_BUILD_HOST="dtslot")
        run(["nice", "make", "-C", build, f"-j{os.cpu_count()}", "bzImage", "modules"],
            f"building linux {version}, flavour {name}", log, steps=counted(ABOUT_STEPS[name]), env=env)
        output(["make", "-C", build, "modules_install", f"INSTALL_MOD_PATH={work}/modules", "DEPMOD=true"])
        shutil.copy2(build / "arch/x86/boot/bzImage", work)
        for path in build.rglob("*.o"):
            if "scripts" not in path.parts and "tools" not in path.parts:
                path.unlink()
        forget_place(build / "Makefile")

    directory = cache.artefact(f"kernel-{name}", hashed, make)
    release = (directory / "build/include/config/kernel.release").read_text().strip()
    return Kernel(name, directory, directory / "build", release)


def build_modules(kernel):
    """The directory with our modules for this kernel, built from a copy: the source tree stays clean.

    None if there are no modules yet.
    """
    sources = [cache.REPO / name for name in MODULE_SOURCES]
    if not sources[0].exists():
        return None
    sources = [path for path in sources if path.exists()]

    def make(work):
        copy = work / "source"
        copy.mkdir()
        for path in sources:
            if path.is_dir():
                shutil.copytree(path, copy / path.name, ignore=shutil.ignore_patterns(
                    "*.o", "*.ko", "*.cmd", "*.mod", "*.mod.c", "*.dtb", "*.dtbo", "*.dtb*.S"))
            else:
                shutil.copy2(path, copy)
        run(["make", "-C", kernel.build, f"M={copy}", f"-j{os.cpu_count()}", "modules"],
            f"building our modules for {kernel.name}", cache.directory("logs") / f"modules-{kernel.name}.log")
        for module in copy.rglob("*.ko"):
            output(["strip", "-g", module])
            module.rename(work / module.name)

    return cache.artefact(f"modules-{kernel.name}", cache.key(kernel.directory.name, *sources), make)
