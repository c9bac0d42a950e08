# SPDX-License-Identifier: GPL-2.0-or-later
"""The card without a guest: a test reads and writes its registers, and plays the board around it.

    with Lab() as lab:
        lab.read(0xe2004000)                    a register, by its address in the SoC
        lab.write(0xe200400c, 2)
        lab.command("device_add", ...)          QMP; raises Refused
        lab.memory(0x1000, 16), lab.store(0x1000, bytes)
"""

import contextlib
import json
import shutil
import subprocess
import tempfile
import time

from . import fuzz, qemu_build
from .fuzz import ALT, ANA, BATCH, CPU, GCB, GCK, PHY_RESET, PORTS, QS, QSYS, SYS, bar_address

DEV = 0xe2034000
INCOMING = ("-incoming", "defer")
ANNOUNCEMENT = b"\x80\x35"     # QEMU's own frames after a migration


class Refused(Exception):
    """QEMU refused a command; the text is QEMU's."""


class Lab(fuzz.Machine):
    """QEMU with the card in a root port."""

    def __init__(self, arguments=(), ready=True, **properties):
        """ready: wait until the card takes its addresses."""
        self.directory = tempfile.mkdtemp(prefix="dtslot-lab-")
        qemu, _ = qemu_build.get("amd64")
        super().__init__(qemu, self.directory, {name.replace("_", "-"): value for name, value in properties.items()},
                         arguments, ready=ready)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.directory)

    def command(self, name, /, **arguments):
        """What QEMU returns; raises Refused. A '_' in an argument's name stands for '-'."""
        reply = self.reply(name, **{key.replace("_", "-"): value for key, value in arguments.items()})
        if "error" in reply:
            raise Refused(reply["error"]["desc"])
        return reply["return"]

    def refusal(self, name, /, **arguments):
        """QEMU's text when it refuses this command; "" if it does not."""
        try:
            self.command(name, **arguments)
        except Refused as refused:
            return str(refused)
        return ""

    def read(self, address, size="l"):
        answer = self.lines([f"read{size} {bar_address(address):#x}"])[0].split()
        return int(answer[1], 16)

    def write(self, address, value, size="l"):
        self.lines([f"write{size} {bar_address(address):#x} {value:#x}"])

    def memory(self, address, length):
        return bytes.fromhex(self.lines([f"read {address:#x} {length:#x}"])[0].split()[1][2:].decode())

    def store(self, address, data):
        self.lines([f"write {address:#x} {len(data):#x} 0x{data.hex()}"])

    def step(self, nanoseconds):
        """Let the virtual clock go on."""
        self.lines([f"clock_step {nanoseconds}"])

    def get(self, name, path="/machine/peripheral/card0"):
        return self.command("qom-get", path=path, property=name)

    def names(self, path):
        """Names of the children and properties of an object."""
        return {entry["name"] for entry in self.command("qom-list", path=path)}

    def bring_up(self, mode=1):
        """Open the ports as the driver does, for frames by registers (1) or by FDMA (2); all that comes is flooded."""
        for address, value in ((CPU + 0x88, 0x20), (GCB + 0x0c, 2), (SYS + 0x1150, 2), (SYS + 0x1020, 1),
                               (ANA + 0x6bb0, 5), (ANA + 0x6bbc, 3), (ANA + 0x7488, 0x1ff),
                               (QS, mode << 2 | 1), (QS + 0x24, mode << 2 | 1), (QSYS + 0x6db8 + 32, 1 << 18),
                               (PHY_RESET, 1), *((ANA + 0x6c00 + 8 * group, 0x1ff) for group in range(58, 64)),
                               *((ANA + 0x74c4 + 4 * prio, 59 << 12 | 60 << 6 | 61) for prio in range(8))):
            self.write(address, value)
        for port in range(PORTS):
            self.write(ANA + 0x7070 + 0x80 * port, 0x10 | port)
            self.write(DEV + 0x4000 * port + 0x1c, 0x11)
            self.write(DEV + 0x4000 * port, 1)
            self.write(QSYS + 0x6db8 + 4 * port, 1 << 18)

    def clock(self, flexcom, runs=True):
        """Switch the clock of a flexcom on or off."""
        self.write(GCK + 4 * (7 + flexcom), int(runs))

    def mux(self, flexcom):
        """Give a flexcom the first of its groups of pins."""
        self.write(ALT, self.read(ALT) | 7 << 8 + 3 * flexcom)

    def inject(self, frame, port):
        """Send a frame out of a port by registers; frames shorter than 60 bytes have to be padded."""
        header = (1 << 191 | 1 << 62 + port).to_bytes(28, "big")
        words = header + frame
        self.write(QS + 0x34, 1 << 18)
        data = words.ljust((len(words) + 3) & ~3, b"\0")
        lines = [f"writel {bar_address(QS + 0x2c):#x} {int.from_bytes(data[n:n + 4], 'little'):#x}"
                 for n in range(0, len(data), 4)]
        for first in range(0, len(lines), BATCH):
            self.lines(lines[first:first + BATCH])
        self.write(QS + 0x34, 1 << 19 | len(words) % 4 << 16)
        self.write(QS + 0x2c, 0)

    def send_frame(self, port, frame):
        """A frame from the host behind a port."""
        self.peers[port].sendto(frame, f"{self.directory}/port{port}")

    def received(self, port, wanted):
        """What the host behind a port has got: so many frames, or as many as come while QEMU is busy otherwise."""
        frames = []
        deadline = time.monotonic() + fuzz.HANGS
        while len(frames) < wanted and time.monotonic() < deadline:
            try:
                frame = self.peers[port].recv(70000)
                frames += [frame] if frame[12:14] != ANNOUNCEMENT else []
            except BlockingIOError:
                self.step(1000)
        return frames

    def save(self, path):
        """Stop the machine and write its state to a file."""
        self.command("migrate", uri=f"file:{path}")
        while self.command("query-migrate")["status"] not in ("completed", "failed"):
            time.sleep(.01)
        return self.command("query-migrate")

    def load(self, path):
        """For a machine with -incoming defer: its state from a file, after which it runs."""
        self.command("migrate-incoming", uri=f"file:{path}")
        while self.command("query-migrate").get("status") not in ("completed", "failed"):
            time.sleep(.01)

    def alive(self):
        """Whether QEMU still answers."""
        return self.command("query-status")["status"]

    def said(self):
        """What QEMU has said so far."""
        return (self.directory / "log").read_text(errors="replace")


def cold(architecture, *arguments):
    """Start a machine with these arguments and end it at once: (status, what QMP returned or None, stderr)."""
    qemu, roms = qemu_build.get(architecture)
    commands = [{"execute": "qmp_capabilities"},
                {"execute": "qom-list", "arguments": {"path": "/machine/peripheral"}}, {"execute": "quit"}]
    command = [qemu, "-L", roms, "-L", "/usr/share/seabios", "-nodefaults", "-display", "none", "-S", "-qmp", "stdio"]
    done = subprocess.run([*command, *arguments], check=False, capture_output=True, text=True, timeout=60,
                          input="\n".join(map(json.dumps, commands)))
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    listed = [reply["return"] for reply in replies if isinstance(reply.get("return"), list)]
    return done.returncode, {entry["name"] for entry in listed[0]} if listed else None, done.stderr


@contextlib.contextmanager
def refusing(text):
    """What is in this block is refused with exactly this text."""
    try:
        yield
    except Refused as refused:
        assert str(refused) == text, refused
    else:
        raise AssertionError(f"not refused: {text}")
