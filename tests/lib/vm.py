# SPDX-License-Identifier: GPL-2.0-or-later
"""A virtual machine with the card, as a test sees it.

A test is tests/cases/<area>/<behaviour>.py: a docstring (purpose; what is broken if it fails), some of the
names below at module level, and `def test(vm)`.

    kernels = ("7.3", "6.12")       one result for each; also "7.3-debug", and Debian's "7.3-arm64" (without cards
                                    and ports); () for a test without VM: test(None)
    options = dict(...)             see VM.__init__
    expect_log = [r"regex", ...]    lines that are no complaint here, and that must appear in the kernel log
    timeout = 120                   wall-clock seconds for the whole test
    soaks = True                    run by `make soak`, too, with more vm.cycles
    soak_kernels = ("6.12",)        results that `make soak` alone has
    must_fail = r"regex"            the runner must judge it failed, for a reason that matches (tests/cases/meta)

What a test can do (time-outs are wall-clock seconds, everything raises when it goes wrong):

    vm.sh("command")                its output; raises CommandFailed if it returns non-zero
    vm.try_sh("command")            (status, output)
    vm.reboot()                     for guests with options: root
    vm.migrate()                    go on in another QEMU
    vm.until("command")             repeat until it returns 0; returns its output
    job = vm.spawn("command")       in the background: job.wait_for(regex), job.output, job.kill(), job.wait()
    vm.put(path, bytes), vm.get(path)
    vm.plug("card0", bus="rp0")     hot-plug a card with its EEPROM and sensor (device_add)
    vm.unplug("card0")              press the button, wait until the guest has let go of it
    vm.pin("card0", 5), vm.set_pin("card0", 5, True)      level of a GPIO line, as the board sees and drives it
    vm.qom_get(path, property), vm.qom_set(path, property, value)
    vm.qmp("command", arg=...), vm.hmp("info pci"), vm.wait_event("NAME", key=value)
    vm.log()                        kernel log so far
    vm.insert("card0", 2), vm.pull("card0", 2)      an SFP module, into the cage of a port and out of it
    vm.peer(0, "10.0.0.2")          a host behind port 0 (options: nics), see lib/peer.py
    vm.eeprom("card0")              the bytes that QEMU was given for the EEPROM at EEPROM_ADDRESS
    vm.kernel, vm.has("CONFIG_X")   name of the kernel under test; whether its configuration has an option
    vm.note("text")                 a line for the report, a measurement for example
    vm.skip("reason")

The guest's clock counts instructions and jumps over idle time, so a guest-side time-out must never wait for
something that the host does: use vm.until() and job.wait_for().
"""

import os
import re
import shlex
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from . import image
from .agent import Agent, CommandFailed, GuestGone
from .machine import MACHINES, Tree
from .peer import Peer
from .qmp import Qmp, QmpError
from .say import ending_with_us, say

BOOT_SECONDS = 600
VERBOSE = os.environ.get("V", "0") != "0"
# A 24c02. QEMU's backing files come in sectors, so there is a second half. An odd place where the last transfer ended leads
# a byte of address there (docs/mainline.md), so that it has the same content.
EEPROM_SIZE = 256
EEPROM_ADDRESS = 0x56   # the modules in the SFP cages, behind the same wires, have 0x50 and 0x51; add-ons 0x57
EEPROM_FILE_SIZE = 512
DISK_SIZE = 256 * 1024
CYCLES = 20         # of what is done again and again, in a short run
SOAK_CYCLES = int(os.environ.get("N") or 100)   # in a long one
CLOCKS = {
    # 64 ns per instruction: a busy loop of the guest costs the host a sixth of its time, an idle guest none.
    "icount": ["-icount", "shift=6,sleep=off", "-rtc", "clock=vm"],
    # 8 ns: a driver that sleeps for 26 us really sleeps; at 64 ns its timer has run out before it is set.
    "fast": ["-icount", "shift=3,sleep=off", "-rtc", "clock=vm"],
    "real": [],
}


class Skip(Exception):
    """The test cannot run here. The text says why."""


class VM:
    """One boot of one kernel."""

    def __init__(self, build, workdir, *, cards=("card0",), ports=2, smp=1, memory=512, clock="icount",
                 reserve="128M", qemu=(), append="", before_ports=(), nics=0, loops=0, userland=None, without=(),
                 disks=(), agent="virtio", acpi=False, gic=3, root=False):
        """Describe the machine; start() boots it.

        build:   what to start, see suite.Build
        cards:   ids of cards that are there from the start, in root ports rp0, rp1, ...
        ports:   number of hot-plug root ports
        reserve: bridge window that a root port keeps free, None for none
        nics:    how many ports of card0 have a network behind them, see peer()
        loops:   how many ports of card0 have a cable to an e1000e of this machine, from port 0 on
        userland: more programs in the guest, see image.USERLANDS
        clock:   "icount" (deterministic, idle time is free), "fast" (the same, the CPU is faster) or "real"
        qemu:    more arguments for QEMU
        append:  more arguments for the kernel
        without: paths of nodes that the machine's device tree lacks, on arm64; vm.tree has them, see machine.Tree
        agent:   how the guest gets its commands: "virtio", or "tty", which is slow but works right after sleep
        acpi:    on arm64, firmware that describes the machine by ACPI, not by a device tree
        gic:     on arm64, version of the interrupt controller: 3 has an ITS, 2 a v2m
        root:    on arm64, a Debian installation instead of the initramfs, see lib/root.py; what a test writes to it
                 stays until the test ends, see reboot()
        disks:   drives of DISK_SIZE bytes, for devices in qemu; see disk()
        """
        self.build = build
        self.kernel = build.kernel.name
        self.workdir = Path(workdir)
        self.console = self.workdir / "console.log"
        self.notes = []
        self.cycles = CYCLES
        self.process = None
        self.agent = self.monitor = None
        self.killed = None
        self.booted = 0     # how long the log was when the guest took its first command
        self.sockets = tempfile.mkdtemp(prefix="dtslot-")
        machine = MACHINES[build.kernel.architecture](build, memory, smp, acpi, gic)
        self.arguments = [
            build.qemu, "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", *machine.arguments,
            *(CLOCKS[clock] if machine.accel == "tcg" else ()),
            "-kernel", build.kernel.image, "-initrd", build.images[userland],
            "-append", " ".join([machine.append, *(["AGENT=/dev/ttyS1"] if agent == "tty" else []),
                                 *([image.ROOT_APPEND] if root else []), append]).strip(),
            "-chardev", f"file,id=console,path={self.console}", *machine.console,
            "-chardev", f"socket,id=agent,path={self.sockets}/agent", *machine.agents[agent],
            "-chardev", f"socket,id=qmp,path={self.sockets}/qmp", "-mon", "chardev=qmp,mode=control",
            *before_ports,
        ]
        if root:
            self.arguments += ["-drive", f"if=none,format=raw,id=root,file={build.root},snapshot=on,cache=unsafe",
                               "-device", "virtio-blk-device,drive=root"]
        for disk in disks:
            self.disk(disk).write_bytes(self.disk_content(disk))
            self.arguments += ["-drive", f"if=none,format=raw,id={disk},file={self.disk(disk)}"]
        self.tree = None
        if without:
            self.tree = Tree(build.qemu, machine, self.workdir / "machine.dtb")
            self.arguments += ["-dtb", self.tree.without(without, self.workdir / "guest.dtb")]
        for n in range(nics):
            self.arguments += ["-netdev", f"dgram,id=net{n},local.type=unix,local.path={self.sockets}/port{n},"
                               f"remote.type=unix,remote.path={self.sockets}/peer{n}"]
        for n in range(loops):
            # a hub passes a frame on at once, whatever the guest's clock does
            self.arguments += ["-netdev", f"hubport,id=net{n},hubid={n}", "-netdev", f"hubport,id=end{n},hubid={n}",
                               "-device", f"e1000e,netdev=end{n},bus=pcie.0,addr={16 + n:02x}.0,romfile="]
        networks = {f"netdev{n}": f"net{n}" for n in range(nics or loops)}
        window = f",mem-reserve={reserve}" if reserve else ""
        for n in range(ports):
            self.arguments += ["-device", f"pcie-root-port,id=rp{n},bus=pcie.0,addr={4 + n:02x}.0,chassis={n + 1},"
                               f"slot={n + 1}{window}"]
        for n, card in enumerate(cards):
            self.arguments += ["-drive", f"if=none,format=raw,id={card}-eeprom-data,file={self._eeprom_file(card)}"]
            for device in self._card_devices(card, f"rp{n}", **(networks if card == "card0" else {})):
                driver = device.pop("driver")
                self.arguments += ["-device", ",".join([driver, *(f"{k}={v}" for k, v in device.items())])]
        self.arguments += qemu

    # --- life ---

    def start(self):
        """Boot; returns when the guest takes commands."""
        connections = self._run(self.arguments, "w")
        self.agent = Agent(connections["agent"])
        self.monitor = Qmp(connections["qmp"])
        self.agent.wait_ready(BOOT_SECONDS)
        self.sync_log()
        self.booted = len(self.log())

    def _run(self, arguments, mode):
        """Start QEMU, which says what it has to say in its log; returns the connections to it."""
        listeners = {}
        for name in ("agent", "qmp"):
            listeners[name] = socket.socket(socket.AF_UNIX)
            listeners[name].bind(f"{self.sockets}/{name}")
            listeners[name].listen(1)
            listeners[name].settimeout(10)
        with open(self.workdir / "qemu.log", mode) as log:
            self.process = subprocess.Popen(ending_with_us(arguments), stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log)
        try:
            return {name: self._accept(listener) for name, listener in listeners.items()}
        except TimeoutError:
            self.stop()
            raise GuestGone(f"QEMU did not start:\n{self.qemu_log()}") from None

    def reboot(self):
        """Have the system in the guest end and start anew; returns when the guest takes commands again."""
        self.qmp("set-action", reboot="reset")
        self.agent.ready = False
        self.agent.run("systemctl reboot")
        self.agent.wait_ready(BOOT_SECONDS)
        self.qmp("set-action", reboot="shutdown")
        self.sync_log()

    def _accept(self, listener):
        for _ in range(20):
            try:
                listener.settimeout(0.5)
                connection = listener.accept()[0]
                connection.settimeout(None)
                return connection
            except TimeoutError:
                if self.process.poll() is not None:
                    break
        raise TimeoutError

    def kill(self, why):
        """End it at once; what waits for the guest then raises."""
        self.killed = why
        if self.process:
            self.process.kill()

    def migrate(self):
        """Go on in another QEMU, which takes the machine's state; cards have to be there from the start.

        The guest notices nothing. What programs in it print meanwhile, and frames that are on their way, may be lost.
        """
        state = self.workdir / "state"
        self.qmp("migrate", uri=f"file:{state}")
        status = self._migration()
        assert status == "completed", status
        self.qmp("quit")
        self.process.wait(60)
        for name in os.listdir(self.sockets):
            if not name.startswith("peer"):
                os.unlink(f"{self.sockets}/{name}")
        arguments = [f"{argument},append=on" if str(argument).startswith("file,id=console") else argument
                     for argument in self.arguments]
        connections = self._run([*arguments, "-incoming", f"file:{state}"], "a")
        self.agent.reconnect(connections["agent"])
        self.monitor = Qmp(connections["qmp"])
        status = self._migration()
        assert status == "completed", f"{status}: {self.qemu_log()}"
        state.unlink()

    def _migration(self):
        """How a migration ended."""
        while True:
            status = self.qmp("query-migrate").get("status")
            if status in ("completed", "failed"):
                return status
            time.sleep(.02)

    def sync_log(self):
        """Wait until the console has everything that the kernel logged up to now."""
        mark = f"dtslot-test: mark {time.monotonic_ns()}"
        self.agent.run(f"echo '<5>{mark}' >/dev/kmsg").wait()
        deadline = time.monotonic() + 30
        while mark not in self.log():
            if time.monotonic() > deadline:
                raise TimeoutError("the kernel log did not reach the console within 30 s")
            time.sleep(0.02)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
        if self.process:
            self.process.wait()
        for name in os.listdir(self.sockets):
            os.unlink(f"{self.sockets}/{name}")
        os.rmdir(self.sockets)

    # --- the guest ---

    def try_sh(self, command, timeout=60):
        job = self.agent.run(command)
        return job.wait(timeout), job.output

    def sh(self, command, timeout=60):
        if VERBOSE:
            say(f"{self.workdir.name}: {command}")
        status, text = self.try_sh(command, timeout)
        if status:
            raise CommandFailed(command, status, text)
        return text

    def until(self, command, timeout=60):
        deadline = time.monotonic() + timeout
        while True:
            status, text = self.try_sh(command, max(timeout, 60))
            if not status:
                return text
            if time.monotonic() > deadline:
                raise TimeoutError(f"not within {timeout} s: {command}\n{text}")
            time.sleep(0.02)

    def spawn(self, command):
        return self.agent.run(command)

    def put(self, path, data, mode=0o644):
        self.sh(f"mkdir -p {shlex.quote(os.path.dirname(path))}")
        self.agent.put(path, data, mode)

    def get(self, path):
        job = self.agent.run(f"cat {shlex.quote(path)}")
        if job.wait():
            raise CommandFailed(job.command, job.status, job.output)
        return job.data

    def log(self):
        return self.console.read_text(errors="replace") if self.console.exists() else ""

    def test_log(self):
        """The log since the guest was up; the whole log if it never was."""
        return self.log()[self.booted:]

    def qemu_log(self):
        """What QEMU itself had to say, guest errors of the device included (option trace=...)."""
        path = self.workdir / "qemu.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def has(self, option):
        """Whether the kernel's configuration has this option, built in or as a module."""
        return bool(re.search(rf"^{option}=[ym]$", (self.build.kernel.build / ".config").read_text(), re.M))

    def note(self, text):
        self.notes.append(text)

    def skip(self, reason):
        raise Skip(reason)

    # --- the machine ---

    def qmp(self, command, /, **arguments):
        return self.monitor.command(command, **arguments)

    def hmp(self, line):
        return self.qmp("human-monitor-command", command_line=line)

    def wait_event(self, event, timeout=60, **data):
        return self.monitor.wait_event(event, timeout, **data)

    def qom_get(self, path, name):
        return self.qmp("qom-get", path=path, property=name)

    def qom_set(self, path, name, value):
        return self.qmp("qom-set", path=path, property=name, value=value)

    def insert(self, card, port, **properties):
        """Put an SFP module into the cage of port 2 or 3."""
        self.qmp("device_add", driver="lan966x-sfp", id=f"{card}-sfp{port}", bus=f"{card}.sfp{port}", **properties)

    def pull(self, card, port):
        self.qmp("device_del", id=f"{card}-sfp{port}")
        self.wait_event("DEVICE_DELETED", device=f"{card}-sfp{port}")

    def peer(self, port, address, vlan=None):
        """A host behind a port of card0; a second one for the same port takes the first one's place."""
        path = f"{self.sockets}/peer{port}"
        if os.path.exists(path):
            os.unlink(path)
        mac = f"02:00:00:00:{port:02x}:{address.split('.')[-1]:0>2}"
        return Peer(path, f"{self.sockets}/port{port}", mac, address, vlan)

    def pin(self, card, number):
        return self.qom_get(f"/machine/peripheral/{card}", f"pin{number}")

    def set_pin(self, card, number, level):
        self.qom_set(f"/machine/peripheral/{card}", f"pin{number}", bool(level))

    def eeprom(self, card):
        """Content that differs from card to card, and from 0 and 0xff nearly everywhere."""
        return bytes((n * 7 + sum(card.encode())) & 0xff for n in range(EEPROM_SIZE))

    def eeprom_file(self, card):
        """What is in the file behind that EEPROM, as long as nothing writes to it."""
        return self.eeprom(card) * (EEPROM_FILE_SIZE // EEPROM_SIZE)

    def disk(self, name):
        """The file that is behind a disk."""
        return self.workdir / f"{name}.img"

    @staticmethod
    def disk_content(name):
        """What is on a disk at first: different on each, and nowhere twice."""
        return b"".join(f"{name} {n:08x}".ljust(16).encode() for n in range(DISK_SIZE // 16))

    def _eeprom_file(self, card):
        path = self.workdir / f"{card}.eeprom"
        path.write_bytes(self.eeprom_file(card))
        return path

    @staticmethod
    def _card_devices(card, bus, **properties):
        """The devices of one card in the order they are added."""
        i2c = f"{card}.i2c0"
        return [
            {"driver": "lan966x-endpoint", "id": card, "bus": bus, **properties},
            {"driver": "at24c-eeprom", "id": f"{card}-eeprom", "bus": i2c, "address": EEPROM_ADDRESS,
             "rom-size": EEPROM_FILE_SIZE, "address-size": 1, "drive": f"{card}-eeprom-data"},
            {"driver": "tmp105", "id": f"{card}-tmp105", "bus": i2c, "address": 0x48},
        ]

    def _drives(self, card):
        """What QEMU says of the drive of a card that is or was there; a card that was there from the start keeps it."""
        drive = f"{card}-eeprom-data"
        return [block for block in self.qmp("query-block")
                if drive in (block["device"], block.get("inserted", {}).get("node-name"))]

    def plug(self, card="card0", bus="rp0", **properties):
        """Hot-plug a card. The guest notices when the button's five seconds are over."""
        drive = f"{card}-eeprom-data"
        if not self._drives(card) and not any(node.get("node-name") == drive
                                              for node in self.qmp("query-named-block-nodes")):
            self.qmp("blockdev-add", driver="raw", node_name=drive,
                     file={"driver": "file", "filename": str(self._eeprom_file(card))})
        for device in self._card_devices(card, bus, **properties):
            self.qmp("device_add", **device)

    def unplug(self, card="card0", timeout=60):
        """Ask the guest to let go of a card and wait until it has."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                self.qmp("device_del", id=card)
                break
            except QmpError as error:
                # the guest still works on an earlier press of the button
                if "already in the process of unplug" in str(error):
                    break
                if "busy" not in str(error).lower() or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        self.wait_event("DEVICE_DELETED", timeout, device=card)
        # what was on the card's buses is given back some time later, and its drive with it
        while any("qdev" in block for block in self._drives(card)):
            if time.monotonic() > deadline:
                raise TimeoutError(f"QEMU still uses the drive of {card}")
            time.sleep(0.01)
        # The guest has yet to look at the empty slot, in a thread that goes before any program. A card that is there by
        # then is taken for the reason, and the press of the button that came with it for a wish to have it off again.
        self.sh("true")
