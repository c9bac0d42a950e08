# SPDX-License-Identifier: GPL-2.0-or-later
"""What tests ask of a Debian machine with its kernel as shipped, on which our packages are installed as a user would.

DKMS has its modules built beforehand: they are put where it puts what it has built, and it does the rest. To have them
compiled in an emulated machine takes many minutes.
"""

import contextlib
import lzma
import re

from . import documents, judge, kernel_build, packages, ports, stock
from .say import output

# Time as it is: the programs of an installation have time-outs, which a slow guest of a fast clock runs into.
# The kernel keeps room for a card by what docs/install.md and the doctor advise.
OPTIONS = dict(stock.OPTIONS, root=True, clock="real", append="pci=realloc,hpmemsize=128M pcie_port_pm=off")
NAMES = ("dtslot", "dtslot-dkms", "dtslot-soc-dkms")
VERSION = "0.1"
DOCUMENT, DEBIAN = "docs/install.md", "Debian on arm64"
# what a person answers, outside of what an installation is compared by
APT, ANSWERS = "/run/typed.conf", b'APT::Get::Assume-Yes "true";\n'
PORTS = ("ens1cu0", "ens1cu1", "ens1s0", "ens1s1")
LIST = "pci-0000:01:00.0  attached     lan966x  drivers 21/21  ports 4\n"
SECONDS = 400       # for programs that take their time in an emulated machine
# where an installation has files; not those that say what apt and dpkg did
WHERE = "/boot /etc /opt /root /usr /var/lib/dkms /var/spool /srv"


@contextlib.contextmanager
def started(vm):
    """A machine that a test starts by itself, for as long as `with`; its log is judged as that of any other.

    The log goes with the machine, so an error has the end of it.
    """
    try:
        vm.start()
        yield vm
        vm.sync_log()
    except Exception as error:
        raise AssertionError(f"{error}\n{vm.log()[-4000:]}") from error
    finally:
        vm.stop()
    complaints = judge.complaints(vm.log())
    assert not complaints, complaints


def debs(architecture, version=None):
    """The packages for an architecture; of another version than ours, if that is wanted."""
    ours = output(["dpkg", "--print-architecture"]).strip()
    found = [*packages.build(architecture, version=version).glob("*.deb"),
             *packages.build(ours, version=version).glob("*_all.deb")]
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


def type_in(vm, command):
    """What a command of a document prints."""
    return vm.sh(f"cd /root; export APT_CONFIG={APT} DEBIAN_FRONTEND=noninteractive; {command}", SECONDS)


def install(vm):
    """Install the packages, as docs/install.md says."""
    kernel = vm.build.kernel
    vm.put(APT, ANSWERS)
    for deb in debs(kernel.architecture):
        vm.put(f"/root/dist/{deb.name}", deb.read_bytes())
    type_in(vm, documents.blocks(DOCUMENT, DEBIAN)[1].splitlines()[-1])
    vm.sh("rm -r /root/dist")
    vm.put(f"/lib/modules/{kernel.release}/build/include/config/auto.conf",
           (kernel.build / "include/config/auto.conf").read_bytes())
    put_built(vm, "dtslot", kernel_build.build_modules(kernel))
    put_built(vm, "dtslot-soc", kernel_build.build_soc_modules(kernel))


def remove(vm):
    """Remove the packages, as docs/install.md says; the kernel's headers have gone before."""
    vm.sh(f"rm -r /lib/modules/{vm.build.kernel.release}/build")
    vm.put(APT, ANSWERS)
    return type_in(vm, documents.blocks(DOCUMENT, "Uninstall")[0])


def addresses(vm):
    """{name: MAC address} of the card's ports."""
    lines = vm.sh("cd /sys/class/net && for name in en*; do echo $name $(cat $name/address); done").splitlines()
    return dict(line.split() for line in lines)


def wait_ports(vm):
    """Wait until the card is complete, with the names that its ports have in this slot; returns their addresses."""
    vm.sh("dtslot wait -t 100 pci-0000:01:00.0 2>&1 && udevadm settle", SECONDS)
    assert vm.sh("dtslot list") == LIST, vm.sh("dtslot list")
    assert vm.sh("ls /sys/class/net").split() == [*PORTS, "lo"], vm.sh("ls /sys/class/net")
    vm.sync_log()
    assert re.search(r"dtslot-pci 0000:01:00\.0: lan966x: 21 of 21 devices work$", vm.log(), re.M), vm.log()
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


def check_first(vm):
    """What docs/install.md has a person type once the packages are there; returns the addresses of the ports."""
    load, slots, links, up = documents.blocks(DOCUMENT, DEBIAN)[2].splitlines()
    type_in(vm, load)
    found = wait_ports(vm)
    assert len(set(found.values())) == 4, found
    assert type_in(vm, slots) == LIST
    said = type_in(vm, links)
    for name, address in found.items():
        assert re.search(rf"^\d+: {name}: .*\n +link/ether {address} ", said, re.M), said
    type_in(vm, up)
    vm.until(f"[ $(cat /sys/class/net/{PORTS[0]}/carrier) = 1 ]")
    [source] = documents.blocks(DOCUMENT, "Ports that stay the same")
    said = type_in(vm, source)
    assert re.fullmatch(r"ok +ports +pci-0000:01:00\.0: addresses of the 4 ports of \w+\.switch come from the host and slot\n",
                        said), said
    return found


def check_upgrade(vm, wanted):
    """What docs/install.md has a person type once newer packages are there: the ports go, and come back with these addresses."""
    type_in(vm, documents.blocks(DOCUMENT, "Upgrade")[0])
    assert wait_ports(vm) == wanted, (addresses(vm), wanted)


def check_life(vm, upgrade=False):
    """Packages are installed, a card that is there works, works after a start of the machine, goes, comes; all is removed."""
    before = files(vm)
    install(vm)
    first = check_first(vm)
    insert_modules(vm, "card0")
    check_traffic(vm)
    if upgrade:
        check_upgrade(vm, first)

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
