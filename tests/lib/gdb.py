# SPDX-License-Identifier: GPL-2.0-or-later
"""Stops a guest at a function of its kernel, by QEMU's gdb server, so that a test can act at that very moment."""

import re
import socket
import struct

RAX, RDI, RSP, RIP = 0, 5, 7, 16      # as gdb numbers the registers of x86-64


def address(vm, function, module=None):
    """Where a function of the kernel or of a module is; of several, that of this module."""
    of_module = rf"\s\[{module}\]" if module else ""
    return int(vm.sh(rf"grep -m1 -i ' t {function}\b{of_module}' /proc/kallsyms").split()[0], 16)


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

    def run_to(self, where, times=1, action=None):
        """Let the guest run until it comes to an address for the n-th time. The action begins once the guest runs."""
        for n in range(times):
            if n:
                assert self.command("s").startswith("T05")
            assert self.command(f"Z1,{where:x},1") == "OK"
            self._send("c")
            if action and not n:
                action()
            reply = self._packet()
            assert reply.startswith("T05"), reply
            assert self.command(f"z1,{where:x},1") == "OK"

    def _stack(self):
        """(Address of the top of the stack, what is there): where the function that was just entered returns to."""
        rsp = int.from_bytes(bytes.fromhex(self.command(f"p{RSP:x}")), "little")
        return rsp, int.from_bytes(bytes.fromhex(self.command(f"m{rsp:x},8")), "little")

    def _set(self, registers):
        for register, value in registers.items():
            assert self.command(f"P{register:x}={struct.pack('<Q', value % 2 ** 64).hex()}") == "OK"

    def leave(self, value):
        """Have the function at whose entry the guest stands return this at once, without doing anything."""
        rsp, caller = self._stack()
        self._set({RAX: value, RSP: rsp + 8, RIP: caller})

    def run_to_call(self, where, least, size):
        """Let the guest run until a function is called from within this piece of code."""
        self.run_to(where)
        while not least <= self._stack()[1] < least + size:
            assert self.command("s").startswith("T05")
            self.run_to(where)

    def call_after(self, function, argument):
        """Have the function at whose entry the guest stands followed by a call of another one."""
        caller = self._stack()[1]
        self.run_to(caller)
        rsp = self._stack()[0] - 8
        assert self.command(f"M{rsp:x},8:{struct.pack('<Q', caller).hex()}") == "OK"
        self._set({RDI: argument, RSP: rsp, RIP: function})

    def close(self):
        """Let the guest go on."""
        assert self.command("D") == "OK"
        self.socket.close()
        self.vm.hmp("gdbserver none")
