# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's own selftests of forwarding, on the card's ports.

The scripts are those of the kernel under test, from its source, as they are. Port n of card0 is swp<n+1> and has a
cable to h<n+1>, a NIC of the same machine; a test asks for that by options = selftests.OPTIONS.
"""

import difflib
import re
from dataclasses import dataclass

from . import card, fetch, kernel_build, ports, slot

PORTS = 4
CAGES = (2, 3)      # ports that want a module
PAIRS = ((1, 2), (3, 4))
# The driver invents random ones. A bridge takes the lowest of its ports' and forgets it again, see docs/mainline.md.
ADDRESS = "02:00:00:00:0a:0"
# What a script takes
TWO = ("h1", "swp1")
FOUR = (*TWO, "swp2", "h2")
SIX = (*FOUR, "swp3", "h3")
EIGHT = (*SIX, "swp4", "h4")
HOSTS = (*TWO, "h2", "swp2")        # in another order
SENDERS = (*HOSTS, "swp3", "h3")
OPTIONS = {"loops": PORTS, "userland": "network"}

TOP = "tools/testing/selftests"
FORWARDING = "net/forwarding"
LIBRARIES = ("net/lib.sh", "net/lib/sh/defer.sh", "net/forwarding/lib.sh")
SOURCED = re.compile(r"^\s*source +(?:\S*/)?(\w+\.sh)", re.M)     # of the same directory
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
    # some scripts compare what two commands print, name where a program's input or errors are, or route to nowhere
    vm.sh("modprobe e1000e; modprobe -a bridge 8021q; ln -sfn /proc/self/fd /dev/fd; ln -sfn fd/0 /dev/stdin;"
          " ln -sfn fd/2 /dev/stderr; ip link set lo up")
    for n in range(PORTS):
        vm.until(f"[ -e /sys/bus/pci/devices/0000:00:1{n}.0/net ]")
        vm.sh(f"ip link set $(ls /sys/bus/pci/devices/0000:00:1{n}.0/net) name h{n + 1}")
        vm.sh(f"ip link set $(grep -ls '^p{n}$' /sys/class/net/*/phys_port_name | cut -d/ -f5) name swp{n + 1}"
              f" address {ADDRESS}{n + 1:x}")


def receive_all(vm):
    """Let the far ends take frames of groups that no program there has joined: they have filters, scripts do not ask."""
    for n in range(PORTS):
        vm.sh(f"ip link set h{n + 1} promisc on")


def source(vm):
    """Where the selftests of the kernel under test are on the host."""
    return fetch.unpack_linux(kernel_build.series(vm.kernel))[0] / TOP


def needed(directory, name):
    """A script and the libraries of the same directory that it reads."""
    names, found = [name], []
    while names:
        path = directory / names.pop()
        if path.exists() and path.name not in found:
            found.append(path.name)
            names += SOURCED.findall(path.read_text())
    return found


def install(vm, script, directory=FORWARDING):
    """Put a script of the forwarding tests and the libraries it reads into the guest; returns where."""
    top = source(vm)
    for name in (*LIBRARIES, *(f"{directory}/{name}" for name in needed(top / directory, script))):
        if (top / name).exists():       # 6.12 has fewer libraries
            vm.put(f"/tmp/{TOP}/{name}", (top / name).read_bytes(), 0o755)
    return f"/tmp/{TOP}/{directory}"


def attempt(vm, script, *interfaces, directory=FORWARDING, seconds=SECONDS):
    """Run a script on these interfaces; returns its status, its results, and all that it said."""
    command = f"cd {install(vm, script, directory)} && {ENVIRONMENT} ./{script} {' '.join(interfaces)}"
    job = vm.spawn(command)
    try:
        status = job.wait(seconds)
    finally:
        (vm.workdir / f"{script}-{'-'.join(interfaces)}.log").write_text(job.output)
    return status, [f"{verdict} {name.strip()}" + (f": {reason}" if reason else "")
                    for name, verdict, reason in RESULT.findall(job.output)], job.output


def run(vm, script, *interfaces):
    """Run a script on these interfaces; returns its results, each "VERDICT name" or "VERDICT name: reason"."""
    status, results, text = attempt(vm, script, *interfaces)
    failed = any(result.startswith("FAIL") for result in results)
    assert results and status == int(failed), f"{script} returned {status}:\n{text}"
    return results


@dataclass
class Likewise:
    """So many results that say the same, of a script that has many; pattern is a regular expression."""
    count: int
    pattern: str


def of_kernel(vm, value):
    """What holds for the kernel under test: later ones have more results in a script."""
    return value[kernel_build.series(vm.kernel)] if isinstance(value, dict) else value


def as_expected(vm, found, others):
    """Whether the results that are not OK are those."""
    others = of_kernel(vm, others)
    if not isinstance(others, Likewise):
        return found == list(others)
    return len(found) == others.count and all(re.fullmatch(others.pattern, result) for result in found)


def check_scripts(vm, expected):
    """Run scripts, each of which passes but for what is known.

    expected: for each script its interfaces, how many results are OK, and the other ones, a Likewise or one by one; what
    differs between kernels is a dictionary. That which gives no result has its status and its last line for one. A script
    that a kernel lacks has None for its number.
    """
    wrong = []
    for script, (interfaces, passes, others) in expected.items():
        passes = of_kernel(vm, passes)
        if passes is None:
            assert not (source(vm) / FORWARDING / script).exists(), script
            continue
        status, results, text = attempt(vm, script, *interfaces)
        results = results or [f"status {status}: {(text.splitlines() or [''])[-1]}"]
        found = [result for result in results if not result.startswith("OK ")]
        if len(results) - len(found) != passes or not as_expected(vm, found, others):
            wrong += [f"{script}: status {status}, {len(results) - len(found)} OK", *(f"    {line}" for line in found)]
    assert not wrong, "\n".join(["not as expected:", *wrong])


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
