# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian 13 on x86: three packages are installed, DKMS builds all modules, a card works with them, and all is removed again.

The kernel is one of the tests', as Debian's for x86 have no OF: for these, DKMS says that it builds nothing, and the package
says why. Here the kernel lacks all of the SoC's drivers, so that DKMS builds these, too; once more with fixes for two of them.

Broken if it fails: a user's own build of our modules or of the SoC's drivers fails, or what was built does not drive a card,
or the packages leave something behind.
"""

from lib import cache, documents, kernel_build, native, x86

kernels = ()
PACKAGES = (*x86.PACKAGES, "coccinelle", "gcc", "libc6-dev", "linux-headers-amd64", "make")
WITHOUT = "was built without CONFIG_OF CONFIG_OF_DYNAMIC, which no module can add"
FIXES = ["05-lan966x-mac-address", "14-miim-sleep"]     # of docs/install.md


def put_headers(root, kernel, config):
    """What modules are built with, of a kernel that has this configuration."""
    directory = f"/lib/modules/{kernel.release}/build"
    root.sh(f"cp -as {kernel.build} {directory}")
    auto_conf = root.path(f"/usr{directory}/include/config/auto.conf")
    auto_conf.unlink()
    auto_conf.write_text(config)


def check_built(root, kernel, said):
    """DKMS has built all for that kernel, and has nothing to build for Debian's own."""
    [own] = [name for name in root.sh("ls /lib/modules").split() if name != kernel.release]
    assert f"dtslot: linux {own} {WITHOUT}" in said, said
    skipped = root.sh(f"dkms autoinstall -k {own} 2>&1")
    assert skipped.endswith(f"Autoinstall on {own} was skipped for module(s) dtslot-soc dtslot.\n"), skipped
    status = root.sh("dkms status")
    assert status == (f"dtslot-soc/0.1, {kernel.release}, x86_64: installed\n"
                      f"dtslot/0.1, {kernel.release}, x86_64: installed\n"), status
    built = set(root.sh(f"ls /lib/modules/{kernel.release}/updates/dkms").split())
    ours = {path.name for path in kernel_build.build_modules(kernel).glob("*.ko")}
    assert built == ours | {f"{name}.ko" for name in x86.soc_drivers().values()}, built


def check_fixes(root, kernel):
    """The drivers are built anew with fixes, as docs/install.md says, for a kernel that does not run here."""
    tool, setting, build = documents.blocks("docs/install.md", "Drivers with fixes")[0].splitlines()
    assert tool == "apt install coccinelle", tool
    root.sh(f"{setting}; {build.replace('--force', f'--force -k {kernel.release}')}")
    log = root.sh(f"cat /var/lib/dkms/dtslot-soc/0.1/{kernel.release}/x86_64/log/make.log").splitlines()
    applied = [line for line in log if line.startswith("dtslot-soc: fix ")]
    assert applied == [f"dtslot-soc: fix {name} is applied" for name in FIXES], log


def test(_):
    kernel = kernel_build.get_kernel("7.3")
    with native.Root(x86.SUITE, PACKAGES, {cache.root(): cache.root()}) as root:
        put_headers(root, kernel, x86.put_kernel(root, kernel, tuple(x86.soc_drivers())))
        before = x86.files(root)
        said = x86.install(root)
        check_built(root, kernel, said)
        x86.check_card(root, kernel)
        check_fixes(root, kernel)
        root.sh("rm -r /etc/dtslot")
        said = x86.remove(root)
        assert x86.files(root) == before, f"{x86.files(root) ^ before}\n{said}"
