# SPDX-License-Identifier: GPL-2.0-or-later
"""What the program says where the kernel refuses: writes that fail or are forgotten, no events, a slot in quarantine.

Also the doctor's lines for kernels that are old, or have faults of their own.

Broken if it fails: a person meets one of these once a year, and is told nothing or something wrong.
"""

import json
import os
import resource
import signal
import subprocess

from lib import tool
from lib.ids import own

kernels = ()

# what a slot does that is attached; a memory that is write-protected, or smaller than it says; and a sandbox
INTERPOSER = """
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

ssize_t write(int fd, const void *buf, size_t count)
{
	if (!getenv("BUSY"))
		return syscall(SYS_write, fd, buf, count);
	errno = EBUSY;
	return -1;
}

ssize_t pwrite64(int fd, const void *buf, size_t count, off64_t at)
{
	if (getenv("SHORT"))
		return ftruncate64(fd, 10) ? -1 : (ssize_t)count;
	return count;
}

int socket(int domain, int type, int protocol)
{
	errno = EPERM;
	return -1;
}
"""
FAULTS_6_12 = [
    ("the reset driver cannot be unloaded, and keeps the registers of one card mapped",
     "nothing is lost but some memory; 7.3 does without"),
    ('the switch logs "IRQ fdma not found" and "MAC addr was not set" where nothing is wrong',
     "leave it, or build its driver with the fixes of docs/mainline"),
]
FAULTS_7_3 = [FAULTS_6_12[1], ("a serial port behind a card logs a bad address when the card goes",
                              "leave USARTs out of the overlay, if its card may go")]


def no_room():
    """Each write fails, as one of the kernel's does, with a number and no more."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def test(_):
    with tool.System() as system:
        tool.card(system)
        watching(system)
        quarantined(system)
        kernels_of_old(system)
        memories(system)
        busy(system)
        sandbox(system)


def watching(system):
    """What stands above the events, and where no pipe has it."""
    with subprocess.Popen([tool.build(), "--root", system.root, "watch"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as watch:
        assert watch.stderr.readline() == "watching, Ctrl-C ends it\n"
        watch.terminate()
        assert watch.stdout.read() == ""


def quarantined(system):
    place = f"{tool.CARD}/dtslot/{tool.SLOT}"
    system.put(f"{place}/state", "quarantined\n")
    sealed = os.memfd_create("sealed", os.MFD_ALLOW_SEALING)
    # F_ADD_SEALS, F_SEAL_WRITE: writes are not permitted, as the kernel says of a slot in quarantine
    subprocess.run(["python3", "-c", f"import fcntl; fcntl.fcntl({sealed}, 1033, 8)"], check=True, pass_fds=(sealed,))
    system.path(f"{place}/attach").unlink()
    system.path(f"{place}/attach").symlink_to(f"/proc/{os.getpid()}/fd/{sealed}")
    said = f"dtslot: {tool.SLOT}: is quarantined ({{}}); mend that, then dtslot detach {tool.SLOT}\n"
    system.put(f"{place}/error", "detach: two nodes are in use\n")
    system.expect(f"attach {tool.SLOT}", error=said.format("detach: two nodes are in use"), status=1)
    system.path(f"{place}/error").unlink()
    system.expect(f"attach {tool.SLOT}", error=said.format("no reason is given"), status=1)
    os.close(sealed)


def lines(system, check):
    """(level, what, how to mend it) of the doctor's lines of a check."""
    return [(line["level"], line["what"], line["fix"])
            for line in json.loads(system.run("doctor", "--json")[1]) if line["check"] == check]


def kernels_of_old(system):
    for release, config, faults in (("6.12.1", "CONFIG_OF_DYNAMIC=y\n", FAULTS_6_12),
                                    ("7.3.1", "CONFIG_OF_DYNAMIC=y\nCONFIG_SERIAL_ATMEL=m\n", FAULTS_7_3)):
        system.put("/proc/sys/kernel/osrelease", f"{release}\n")
        system.put(f"/boot/config-{release}", config)
        assert lines(system, "fault") == [("unknown", *fault) for fault in faults], lines(system, "fault")
    system.put("/proc/sys/kernel/osrelease", "6.1.2\n")
    system.put("/boot/config-6.1.2", "CONFIG_OF_DYNAMIC=y\n")
    assert lines(system, "fault") == [("ok", "no fault of Linux 6.1.2 is known", None)], lines(system, "fault")
    assert lines(system, "version") == [("finding", "Linux 6.1.2 is older than 6.12", "install a kernel from 6.12 on")]


def interpose(system):
    """Have the program's calls of the kernel be those above."""
    source, library = system.path("calls.c"), system.path("calls.so")
    source.write_text(INTERPOSER)
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", library, source], check=True)
    system.program = tool.build(tool.PLAIN)
    system.environment["LD_PRELOAD"] = str(library)


def memories(system):
    memory = system.path("eeprom")
    memory.write_bytes(b"\xff" * 256)
    found = system.run("id", "write", str(memory), "model=a", preexec_fn=no_room, restore_signals=False)
    protected = "is the memory write-protected?"
    assert found == (1, "", f"dtslot: {memory}: byte 0: File too large; {protected}\n"), found
    interpose(system)
    system.expect(["id", "write", memory, "model=a"], status=1,
                  error=f"dtslot: {memory}: byte 0 reads 0xff, 0x{own('a')[0]:02x} was written; {protected}\n")
    memory.write_bytes(own("a") + bytes(160))
    system.environment["SHORT"] = "1"
    system.expect(["id", "write", memory, "model=a"], status=1,
                  error=f"dtslot: {memory}: ends at byte 10 of 96; take a larger memory\n")


def busy(system):
    place = f"{tool.CARD}/dtslot/{tool.SLOT}"
    system.put(f"{place}/state", "attached\n")
    system.put(f"{place}/error", "\n")
    system.path(f"{place}/attach").unlink()
    system.put(f"{place}/attach")
    system.environment["BUSY"] = "1"
    system.expect(f"attach {tool.SLOT}", status=1, error=f"dtslot: {tool.SLOT}: is attached already; dtslot detach "
                  f"{tool.SLOT} first\n")


def sandbox(system):
    for command in ("watch", f"wait {tool.SLOT}"):
        system.expect(command, status=3,
                      error="dtslot: uevents: Operation not permitted; run it outside the sandbox, or as root\n")
