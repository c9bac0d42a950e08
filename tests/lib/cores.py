# SPDX-License-Identifier: GPL-2.0-or-later
"""Mainline drivers of cores that a guest's kernel does not have as modules, from the source of that kernel."""

import os
import shutil
from pathlib import Path

from . import cache, fetch, foreign, kernel_build
from .say import output, run

MMC = "drivers/mmc/host"
UARTS = "ccflags-y += -DCONFIG_SERIAL_UARTLITE_NR_UARTS=2\n"
# What they are made of: sources, headers, and lines of a Kbuild
DRIVERS = {
    "uio": (("drivers/uio/uio.c",), ""),
    "uio_pdrv_genirq": (("drivers/uio/uio_pdrv_genirq.c",), ""),
    "uartlite": (("drivers/tty/serial/uartlite.c",), UARTS),
    "spi-xilinx": (("drivers/spi/spi-xilinx.c",), ""),
    "xilinx_emaclite": (("drivers/net/ethernet/xilinx/xilinx_emaclite.c",), ""),
    "cqhci": (tuple(f"{MMC}/{name}" for name in ("cqhci-core.c", "cqhci.h", "cqhci-crypto.h")), "cqhci-y := cqhci-core.o\n"),
    "sdhci-of-arasan": (tuple(f"{MMC}/{name}" for name in (
        "sdhci-of-arasan.c", "sdhci-cqhci.h", "sdhci-pltfm.h", "sdhci.h", "cqhci.h")), ""),
}


def build(kernel, names):
    """The directory with these modules for a kernel; what one needs of another comes with it."""
    source, version = fetch.unpack_linux(kernel_build.series(kernel.name))

    def make(work):
        copy = work / "source"
        copy.mkdir()
        kbuild = "obj-m := " + " ".join(f"{name}.o" for name in names) + "\n"
        for name in names:
            sources, more = DRIVERS[name]
            kbuild += more
            for path in sources:
                shutil.copy2(source / path, copy)
        (copy / "Kbuild").write_text(kbuild)
        run(["make", "-C", kernel.build, f"M={copy}", f"-j{os.cpu_count()}", *kernel.make_arguments, "modules"],
            f"building drivers of cores for {kernel.name}", cache.directory("logs") / f"cores-{kernel.name}.log")
        for name in names:
            output([f"{kernel.tools}strip", "-g", copy / f"{name}.ko"])
            (copy / f"{name}.ko").rename(work / f"{name}.ko")
        shutil.rmtree(copy)

    return cache.artefact(f"cores-{kernel.name}", cache.key(kernel.directory.name, version, *(
        f"{name} {DRIVERS[name]}" for name in names)), make)


def is_stock(kernel, name):
    """Whether a kernel has a module, or what it would be built in."""
    own = [*kernel.modules.rglob("*.ko*"), *map(Path, (kernel.modules / "modules.builtin").read_text().split())]
    return name.replace("-", "_") in {path.name.split(".")[0].replace("-", "_") for path in own}


def load(vm, *names, **parameters):
    """Load drivers in this order, the kernel's own or built ones, which stay in /lib; parameters: of a built one."""
    kernel = vm.build.kernel
    missing = tuple(name for name in names if not is_stock(kernel, name))
    directory = build(kernel, missing) if missing else None
    for name in names:
        if is_stock(kernel, name):
            foreign.load_stock(vm, name.replace("-", "_"))
            continue
        path = directory / f"{name}.ko"
        needed = output(["/sbin/modinfo", "-F", "depends", path]).strip().split(",")
        foreign.load_stock(vm, *(other.replace("-", "_") for other in needed if is_stock(kernel, other)))
        vm.put(f"/lib/{name}.ko", path.read_bytes())
        vm.sh(f"insmod /lib/{name}.ko {parameters.get(name, '')}")
