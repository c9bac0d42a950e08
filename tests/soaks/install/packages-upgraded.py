# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian 13 on x86, whose packages are upgraded: DKMS has the new sources alone, what is the host's own stays, all is removed.

Broken if it fails: DKMS builds an old version for each kernel that comes, ports have other addresses after an upgrade, or
something of a version that has gone is left behind.
"""

from lib import installed, native, x86

kernels = ()
NEWER = "0.1.1"
HOST_ID = "/etc/modprobe.d/dtslot-host.conf"


def check_version(root, version):
    """The packages, their sources and what DKMS knows are of this version, and of no other."""
    command = f"dpkg-query -W -f '${{Version}} ' {' '.join(installed.NAMES)}"
    assert root.sh(command).split() == [version] * len(installed.NAMES), root.sh(command)
    sources = root.sh("ls -d /usr/src/dtslot*").split()
    assert sources == [f"/usr/src/dtslot-{version}", f"/usr/src/dtslot-soc-{version}"], sources
    status = root.sh("dkms status")
    assert status == f"dtslot-soc/{version}: added\ndtslot/{version}: added\n", status


def test(_):
    with native.Root(x86.SUITE, x86.PACKAGES) as root:
        root.path("/etc/machine-id").write_text(x86.MACHINE_ID)
        before = x86.files(root)
        x86.install(root)
        check_version(root, installed.VERSION)
        host_id = root.sh(f"cat {HOST_ID}")
        assert "options dtslot-pci host_id=" in host_id, host_id
        x86.install(root, NEWER)
        check_version(root, NEWER)
        assert root.sh(f"cat {HOST_ID}") == host_id
        said = x86.remove(root)
        assert x86.files(root) == before, f"{x86.files(root) ^ before}\n{said}"
