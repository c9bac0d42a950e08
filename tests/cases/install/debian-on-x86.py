# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian 13 on x86 with a kernel that can: three packages are installed, a card that is there works, all is removed.

The kernel has most of the SoC's drivers, as Ubuntu's, and the kernel's own driver for the card, lan966x_pci. DKMS has its modules built beforehand, as in lib/installed.py; `make soak T=install/dkms-builds-all` has it build them.

Broken if it fails: a user of x86 with a kernel of his own does not get four ports by three packages, or not rid of them.
"""

from lib import cache, installed, kernel_build, native, x86

kernels = ()
LACKS = ("COMMON_CLK_LAN966X", "I2C_AT91", "NVMEM_LAN9662_OTPC")


def give_built(root, kernel, config):
    """Give DKMS what it would have built of both packages."""
    auto_conf = root.path(f"/usr/lib/modules/{kernel.release}/build/include/config/auto.conf")
    auto_conf.parent.mkdir(parents=True)
    auto_conf.write_text(config)
    for name, modules in (("dtslot", kernel_build.build_modules(kernel).glob("*.ko")),
                          ("dtslot-soc", x86.driver_files(kernel, LACKS))):
        contents, command = installed.built(name, modules, kernel.release, "x86_64")
        for path, content in contents.items():
            root.path(path).parent.mkdir(parents=True, exist_ok=True)
            root.path(path).write_bytes(content)
        root.sh(command)


def check_scripts(root, kernel):
    """What autopkgtest runs, and what reportbug puts into a report."""
    root.sh((cache.REPO / "packaging/debian/tests/doctor").read_text())
    said = root.sh("sh /usr/share/bug/dtslot/script")
    assert said.startswith("dtslot doctor:\n") and "\ndtslot tree:\n" in said, said
    assert said.endswith("\nDKMS:\n" + "".join(f"{name}/0.1, {kernel.release}, x86_64: installed\n"
                                               for name in ("dtslot-soc", "dtslot"))), said


def test(_):
    kernel = kernel_build.get_kernel("7.3")
    with native.Root(x86.SUITE, x86.PACKAGES) as root:
        config = x86.put_kernel(root, kernel, LACKS)
        before = x86.files(root)
        x86.install(root)
        give_built(root, kernel, config)
        check_scripts(root, kernel)
        x86.check_card(root, kernel)
        root.sh(f"rm -r /lib/modules/{kernel.release}/build")
        said = x86.remove(root)
        assert x86.files(root) == before, f"{x86.files(root) ^ before}\n{said}"
