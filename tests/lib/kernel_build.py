# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernels under test, and our modules for each."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import cache, fetch, host
from .say import Failed, output, run

CONFIGS = cache.TESTS / "kernel"
FRAGMENTS = {
    "7.3": ("base", "7.3"),
    "6.12": ("base", "6.12"),
    "7.3-debug": ("base", "7.3", "debug"),
}
# Kernels as Debian ships them. Not 6.12, which has no OF_DYNAMIC on arm64; on amd64 they have no OF at all.
DEBIAN = {"7.3-arm64": "arm64"}
DEBIAN_PACKAGES = ("linux-base-{}", "linux-binary-{}", "linux-modules-{}", "linux-headers-{}")
NAMES = (*FRAGMENTS, *DEBIAN)
CROSS = {"arm64": "aarch64-linux-gnu-"}
# Flags that Debian's configuration takes for granted, and compilers of older releases do not know.
NEW_FLAGS = {"CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT": "-fmin-function-alignment=8"}
ABOUT_STEPS = {"7.3": 2560, "6.12": 2480, "7.3-debug": 2600}
MODULE_SOURCES = ("Kbuild", "drivers", "dts")
SOC_RECIPES = cache.REPO / "packaging/soc-dkms"


@dataclass
class Kernel:
    """A kernel that is ready to run."""
    name: str
    directory: Path     # the artefact
    image: Path         # what QEMU's -kernel takes
    modules: Path       # its modules, as they are in /lib/modules
    build: Path         # what KDIR= takes
    release: str
    architecture: str = "amd64"

    @property
    def make_arguments(self):
        """What make wants for modules, if they are for another architecture than ours."""
        cross = CROSS.get(self.architecture)
        return [f"CC={cross}gcc", "KCFLAGS=-Werror"] if cross else []

    @property
    def bindings(self):
        """Where device trees find what they include."""
        source = self.build / "source"
        return (source if source.exists() else next(self.build.parent.glob("*-common"))) / "include"

    @property
    def tools(self):
        """What the names of compiler and binutils begin with."""
        return CROSS.get(self.architecture, "")


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


def build_modpost(series_of_kernel, architecture):
    """modpost, from source: the one of linux-kbuild may want a newer libc than the machine has."""
    source, version = fetch.unpack_linux(series_of_kernel)

    def make(work):
        build = work / "build"
        arguments = ["nice", "make", "-C", source, f"O={build}", f"ARCH={architecture}",
                     f"CROSS_COMPILE={CROSS[architecture]}", f"-j{os.cpu_count()}"]
        log = cache.directory("logs") / f"modpost-{architecture}.log"
        run([*arguments, "tinyconfig"], f"configuring linux {version} for {architecture}", log)
        run([*arguments, "prepare"], f"building modpost of linux {version} for {architecture}", log)
        shutil.copy2(build / "scripts/mod/modpost", work)
        shutil.rmtree(build)

    return cache.artefact(f"modpost-{architecture}", cache.key(version, architecture), make) / "modpost"


def knows_flag(compiler, flag):
    return not subprocess.run([compiler, "-Werror", flag, "-c", "-x", "c", "/dev/null", "-o", "/dev/null"],
                              capture_output=True, check=False).returncode


def use_here(headers, architecture, modpost):
    """Make unpacked headers work where they are, with the compiler of this machine."""
    makefile = headers / "Makefile"
    text = makefile.read_text()
    here = "$(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))"
    common = re.search(r"^include /usr/src/(\S+)", text, re.M)[1]
    makefile.write_text(f"KBUILD_OUTPUT := {here}\ninclude $(KBUILD_OUTPUT)/../{common}\n")
    config = headers / "include/config/auto.conf"
    lines = [line for line in config.read_text().splitlines(keepends=True)
             if (flag := NEW_FLAGS.get(line.split("=")[0])) is None or knows_flag(f"{CROSS[architecture]}gcc", flag)]
    config.write_text("".join(lines))
    # without it nobody wants pahole, which makes type information that no test needs
    (headers / "vmlinux").unlink(missing_ok=True)
    shutil.copy2(modpost, (headers / "scripts/mod/modpost").resolve())


def unpack_debian(name, architecture, packages=DEBIAN_PACKAGES):
    """A kernel as Debian ships it, and what it takes to build modules for it."""
    host.install_packages(host.ARM64_PACKAGES)
    abi = fetch.kernel_abi(series(name), architecture)
    release = f"{abi}-{architecture}"
    debs = [fetch.binary(package.format(release), series(name), architecture) for package in packages]
    debs += [fetch.binary(f"linux-headers-{abi}-common", series(name)),
             fetch.binary(f"linux-kbuild-{abi}", series(name))]
    modpost = build_modpost(series(name), architecture)
    compiler = output([f"{CROSS[architecture]}gcc", "--version"]).splitlines()[0]

    def make(work):
        for deb in debs:
            output(["dpkg-deb", "-x", deb, work])
        use_here(work / "usr/src" / f"linux-headers-{release}", architecture, modpost)

    hashed = cache.key(*(deb.name for deb in debs), compiler, modpost.parent.name)
    directory = cache.artefact(f"kernel-{name}", hashed, make)
    modules = directory / "usr/lib/modules" / release
    return Kernel(name, directory, modules / "vmlinuz", modules, directory / f"usr/src/linux-headers-{release}",
                  release, architecture)


def get_kernel(name):
    return unpack_debian(name, DEBIAN[name]) if name in DEBIAN else build_kernel(name)


def get_headers(series_of_kernel, architecture):
    """A kernel of Debian's that is there to build modules for, not to run."""
    return unpack_debian(f"{series_of_kernel}-headers-{architecture}", architecture, ("linux-headers-{}",))


def debian_config(series_of_kernel, architecture):
    """The build directory of a kernel of Debian's, of which only the configuration is any good; and its release."""
    release = f"{fetch.kernel_abi(series_of_kernel, architecture)}-{architecture}"
    foreign = architecture if architecture in CROSS else None
    unpacked = fetch.unpack_tool(f"linux-headers-{release}", series_of_kernel, foreign)
    return unpacked / f"usr/src/linux-headers-{release}", release


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
    return Kernel(name, directory, directory / "bzImage", directory / "modules/lib/modules" / release,
                  directory / "build", release)


def build_modules(kernel):
    """The directory with our modules for this kernel, built from a copy: the source tree stays clean."""
    sources = [cache.REPO / name for name in MODULE_SOURCES]

    def make(work):
        copy = work / "source"
        copy.mkdir()
        for path in sources:
            if path.is_dir():
                shutil.copytree(path, copy / path.name, ignore=shutil.ignore_patterns(
                    "*.o", "*.ko", "*.cmd", "*.mod", "*.mod.c", "*.dtb", "*.dtbo", "*.dtb*.S"))
            else:
                shutil.copy2(path, copy)
        run(["make", "-C", kernel.build, f"M={copy}", f"-j{os.cpu_count()}", *kernel.make_arguments, "modules"],
            f"building our modules for {kernel.name}", cache.directory("logs") / f"modules-{kernel.name}.log")
        for module in copy.rglob("*.ko"):
            output([f"{kernel.tools}strip", "-g", module])
            module.rename(work / module.name)

    return cache.artefact(f"modules-{kernel.name}", cache.key(kernel.directory.name, *sources), make)


def build_soc_modules(kernel):
    """The directory with the SoC's drivers for a kernel of Debian's, by the recipes that its users have."""
    source, version = fetch.unpack_linux(series(kernel.name))

    def make(work):
        copy = work / "source"
        shutil.copytree(SOC_RECIPES, copy)
        run(["make", "-C", copy, f"KDIR={kernel.build}", f"KSRC={source}", f"-j{os.cpu_count()}",
             *kernel.make_arguments],
            f"building the SoC's drivers for {kernel.name}", cache.directory("logs") / f"soc-{kernel.name}.log")
        for module in copy.rglob("*.ko"):
            output([f"{kernel.tools}strip", "-g", module])
            module.rename(work / module.name)
        shutil.rmtree(copy)

    return cache.artefact(f"soc-{kernel.name}", cache.key(kernel.directory.name, version, SOC_RECIPES), make)
