# SPDX-License-Identifier: GPL-2.0-or-later
"""What tests ask of a Debian machine with its kernel as shipped, on which our packages are installed as a user would.

DKMS has its modules built beforehand: they are put where it puts what it has built, and it does the rest. To have them
compiled in an emulated machine takes many minutes.
"""

import lzma

from . import kernel_build, packages, ports, stock
from .say import output

# Time as it is: the programs of an installation have time-outs, which a slow guest of a fast clock runs into.
OPTIONS = dict(stock.OPTIONS, root=True, clock="real")
NAMES = ("dtslot", "dtslot-dkms", "dtslot-soc-dkms")
VERSION = "0.1"
PORTS = ("ens1cu0", "ens1cu1", "ens1s0", "ens1s1")
LIST = "pci-0000:01:00.0  attached     lan966x  drivers 21/21  ports 4\n"
SECONDS = 400       # for programs that take their time in an emulated machine
# where an installation has files; not those that say what apt and dpkg did
WHERE = "/boot /etc /opt /root /usr /var/lib/dkms /var/spool /srv"


def debs(architecture):
    """The packages for an architecture."""
    ours = output(["dpkg", "--print-architecture"]).strip()
    found = [*packages.build(architecture).glob("*.deb"), *packages.build(ours).glob("*_all.deb")]
    return [path for path in found if "dbgsym" not in path.name]


def files(vm):
    """What there is of files; but for one that the guest's depmod writes and that of this machine does not."""
    return set(vm.sh(f"find {WHERE} -xdev ! -name modules.weakdep").splitlines())


def built(name, modules, release, machine, suffix="", pack=bytes):
    """({path: content} of what DKMS would have built of a package for a kernel, the command that has it install that)."""
    place = f"/var/lib/dkms/{name}/{VERSION}/{release}/{machine}/module"
    return ({f"{place}/{path.name}{suffix}": pack(path.read_bytes()) for path in sorted(modules)},
            f"dkms install -m {name} -v {VERSION} -k {release} -a {machine} 2>&1")


def put_built(vm, name, directory):
    """Give DKMS what it would have built of a package for the kernel that runs."""
    modules, command = built(name, directory.glob("*.ko"), vm.build.kernel.release, "aarch64", ".xz",
                             lambda content: lzma.compress(content, lzma.FORMAT_XZ, lzma.CHECK_CRC32, 0))
    for path, content in modules.items():
        vm.put(path, content)
    vm.sh(command, SECONDS)


def install(vm):
    """Install the packages, as docs/install.md says."""
    kernel = vm.build.kernel
    for deb in debs(kernel.architecture):
        vm.put(f"/root/dist/{deb.name}", deb.read_bytes())
    vm.sh("cd /root && DEBIAN_FRONTEND=noninteractive apt-get install -y"
          " ./dist/dtslot_*.deb ./dist/dtslot-dkms_*.deb ./dist/dtslot-soc-dkms_*.deb 2>&1 && rm -r dist", SECONDS)
    vm.put(f"/lib/modules/{kernel.release}/build/include/config/auto.conf",
           (kernel.build / "include/config/auto.conf").read_bytes())
    put_built(vm, "dtslot", kernel_build.build_modules(kernel))
    put_built(vm, "dtslot-soc", kernel_build.build_soc_modules(kernel))


def remove(vm):
    """Remove the packages, as docs/install.md says; the kernel's headers have gone before."""
    vm.sh(f"rm -r /lib/modules/{vm.build.kernel.release}/build")
    return vm.sh(f"DEBIAN_FRONTEND=noninteractive apt-get remove -y {' '.join(NAMES)} 2>&1", SECONDS)


def addresses(vm):
    """{name: MAC address} of the card's ports."""
    lines = vm.sh("cd /sys/class/net && for name in en*; do echo $name $(cat $name/address); done").splitlines()
    return dict(line.split() for line in lines)


def wait_ports(vm):
    """Wait until the card is complete, with the names that its ports have in this slot; returns their addresses."""
    vm.sh("dtslot wait -t 100 pci-0000:01:00.0 2>&1 && udevadm settle", SECONDS)
    assert vm.sh("dtslot list") == LIST, vm.sh("dtslot list")
    assert vm.sh("ls /sys/class/net").split() == [*PORTS, "lo"], vm.sh("ls /sys/class/net")
    return addresses(vm)


def check_traffic(vm):
    """Four ports have a link, frames go both ways through two."""
    peers = [vm.peer(port, f"10.0.{port}.2") for port in (0, 1)]
    for name in PORTS:
        vm.sh(f"ip link set {name} up")
    for port, peer in enumerate(peers):
        vm.sh(f"ip addr add 10.0.{port}.1/24 dev {PORTS[port]};"
              f" ip neigh replace 10.0.{port}.2 lladdr {peer.mac.hex(':')} dev {PORTS[port]}")
    for name in PORTS:
        vm.until(f"[ $(cat /sys/class/net/{name}/carrier) = 1 ]")
    stock.check_pings(vm, peers)


def insert_modules(vm, name):
    """Put SFP modules into the cages of a card."""
    vm.sh("mountpoint -q /sys/kernel/debug || mount -t debugfs none /sys/kernel/debug")
    for port in ports.CAGES:
        stock.insert(vm, name, port)


def check_life(vm):
    """Packages are installed, a card that is there works, works after a start of the machine, goes, comes; all is removed."""
    before = files(vm)
    install(vm)
    vm.sh("modprobe dtslot-pci", SECONDS)
    first = wait_ports(vm)
    assert len(set(first.values())) == 4, first
    insert_modules(vm, "card0")
    check_traffic(vm)

    vm.reboot()
    vm.until("[ -e /sys/class/dtslot/pci-0000:01:00.0 ]")
    assert wait_ports(vm) == first, (addresses(vm), first)
    check_traffic(vm)

    vm.unplug("card0")
    vm.until("[ ! -e /sys/class/dtslot/pci-0000:01:00.0 ]")
    assert vm.sh("dtslot list; ls /sys/class/net") == "lo\n"
    stock.plug(vm, "card1", msi=True)
    assert wait_ports(vm) == first, (addresses(vm), first)
    insert_modules(vm, "card1")
    check_traffic(vm)

    said = remove(vm)
    assert files(vm) == before, f"{files(vm) ^ before}\n{said}"
    assert vm.try_sh("modinfo -n dtslot dtslot-pci lan966x-switch 2>&1")[0] != 0
    assert vm.try_sh("grep -rl -e dtslot -e lan966x /etc/modprobe.d /etc/udev /usr/lib/modprobe.d /usr/lib/udev/rules.d"
                     " /lib/modules/*/modules.alias /lib/modules/*/modules.dep") == (1, "")
