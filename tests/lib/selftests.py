# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's own selftests of forwarding, on the card's ports.

The scripts are those of the kernel under test, from its source, as they are. Port n of card0 is swp<n+1> and has a
cable to h<n+1>, a NIC of the same machine; a test asks for that by options = selftests.OPTIONS.
"""

import difflib
import re

from . import card, fetch, kernel_build, ports, slot

PORTS = 4
CAGES = (2, 3)      # ports that want a module
PAIRS = ((1, 2), (3, 4))
# The driver invents random ones. A bridge takes the lowest of its ports' and forgets it again, see docs/mainline.md.
ADDRESS = "02:00:00:00:0a:0"
OPTIONS = {"loops": PORTS, "userland": "network"}

TOP = "tools/testing/selftests/net"
LIBRARIES = ("lib.sh", "lib/sh/defer.sh", "forwarding/lib.sh")
ENVIRONMENT = "NETIF_CREATE=no PING6=ping"     # ping does IPv6 itself
RESULT = re.compile(r"^TEST: (.*?) +\[ ?(\w+) ?\]$(?:\n\t(.*))?", re.M)
SECONDS = 1200      # wall clock; the time-out of the test is shorter


def prepare(vm):
    """Have the card's drivers bind and name the ports and the NICs behind them; all of them stay down."""
    slot.load(vm)
    [bdf] = card.functions(vm)
    slot.wait_attached(vm, bdf)
    for port in CAGES:
        ports.insert(vm, port)
    vm.sh("modprobe e1000e; modprobe -a bridge 8021q")
    for n in range(PORTS):
        vm.until(f"[ -e /sys/bus/pci/devices/0000:00:1{n}.0/net ]")
        vm.sh(f"ip link set $(ls /sys/bus/pci/devices/0000:00:1{n}.0/net) name h{n + 1}")
        vm.sh(f"ip link set $(grep -ls '^p{n}$' /sys/class/net/*/phys_port_name | cut -d/ -f5) name swp{n + 1}"
              f" address {ADDRESS}{n + 1:x}")


def install(vm, script):
    """Put a script of the forwarding tests and the libraries it reads into the guest; returns where."""
    source = fetch.unpack_linux(kernel_build.series(vm.kernel))[0] / TOP
    for name in (*LIBRARIES, f"forwarding/{script}"):
        if (source / name).exists():    # 6.12 has fewer libraries
            vm.put(f"/tmp/{TOP}/{name}", (source / name).read_bytes(), 0o755)
    return f"/tmp/{TOP}/forwarding"


def run(vm, script, *interfaces):
    """Run a script on these interfaces; returns its results, each "VERDICT name" or "VERDICT name: reason"."""
    command = f"cd {install(vm, script)} && {ENVIRONMENT} ./{script} {' '.join(interfaces)}"
    job = vm.spawn(command)
    try:
        status = job.wait(SECONDS)
    finally:
        (vm.workdir / f"{script}-{'-'.join(interfaces)}.log").write_text(job.output)
    results = [f"{verdict} {name.strip()}" + (f": {reason}" if reason else "")
               for name, verdict, reason in RESULT.findall(job.output)]
    failed = any(result.startswith("FAIL") for result in results)
    assert results and status == int(failed), f"{script} returned {status}:\n{job.output}"
    return results


def check_pairs(vm, script, expected):
    """Run a script that takes two hosts and two ports on each pair of ports; "{port}" in expected is its first port."""
    for left, right in PAIRS:
        results = run(vm, script, f"h{left}", f"swp{left}", f"swp{right}", f"h{right}")
        check(results, expected.format(port=f"swp{left}"))


def check(results, expected):
    """The results are exactly those expected, a list or one a line."""
    if isinstance(expected, str):
        expected = [line.strip() for line in expected.splitlines() if line.strip()]
    difference = [line for line in difflib.ndiff(expected, results) if line[0] in "+-"]
    assert not difference, "\n".join(["expected (-) and found (+) differ:", *difference])
