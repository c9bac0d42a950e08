# SPDX-License-Identifier: GPL-2.0-or-later
"""Stops a guest at a function of its kernel, by QEMU's gdb server, so that a test can act at that very moment."""

import re
import socket
import struct

RAX, RSP, RIP = 0, 7, 16      # as gdb numbers the registers of x86-64


def address(vm, function):
    """Where a function of the kernel or of a module is."""
    return int(vm.sh(f"grep -m1 -i ' t {function}\\b' /proc/kallsyms").split()[0], 16)


class Gdb:
    """Breakpoints in a guest, which is stopped from here to close(). QMP works, the guest does not."""

    def __init__(self, vm):
        path = f"{vm.sockets}/gdb"
        self.vm = vm
        vm.hmp(f"gdbserver unix:{path},server=on,wait=off")
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(path)
        self.buffer = b""

    def _packet(self):
        while not (found := re.search(rb"\$([^#]*)#..", self.buffer)):
            data = self.socket.recv(4096)
            if not data:
                raise EOFError("the gdb server hung up")
            self.buffer += data
        self.buffer = self.buffer[found.end():]
        self.socket.sendall(b"+")
        return found[1].decode()

    def _send(self, text):
        self.socket.sendall(b"$%s#%02x" % (text.encode(), sum(text.encode()) & 0xff))

    def command(self, text):
        self._send(text)
        return self._packet()

    def run_to(self, where, times=1):
        """Let the guest run until it comes to an address for the n-th time."""
        for n in range(times):
            if n:
                assert self.command("s").startswith("T05")
            assert self.command(f"Z1,{where:x},1") == "OK"
            self._send("c")
            reply = self._packet()
            assert reply.startswith("T05"), reply
            assert self.command(f"z1,{where:x},1") == "OK"

    def leave(self, value):
        """Have the function at whose entry the guest stands return this at once, without doing anything."""
        rsp = int.from_bytes(bytes.fromhex(self.command(f"p{RSP:x}")), "little")
        for register, content in ((RAX, struct.pack("<q", value)), (RSP, struct.pack("<Q", rsp + 8)),
                                  (RIP, bytes.fromhex(self.command(f"m{rsp:x},8")))):
            assert self.command(f"P{register:x}={content.hex()}") == "OK"

    def close(self):
        """Let the guest go on."""
        assert self.command("D") == "OK"
        self.socket.close()
        self.vm.hmp("gdbserver none")
