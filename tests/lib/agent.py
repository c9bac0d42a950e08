# SPDX-License-Identifier: GPL-2.0-or-later
"""The host's end of the channel to the guest's init (tests/guest/init.c)."""

import re
import struct
import threading
import time

RUN, PUT, KILL = 1, 2, 3
OUT, EXIT, READY = 16, 17, 18
HEAD = struct.Struct("<III")
U32 = struct.Struct("<I")


class GuestGone(Exception):
    """The guest ended: it panicked, was killed for its time-out, or QEMU crashed."""


class CommandFailed(Exception):
    """A command in the guest returned non-zero."""

    def __init__(self, command, status, text):
        super().__init__(f"guest command returned {status}: {command}\n{text.rstrip()}")
        self.status, self.text = status, text


class Job:
    """A command that runs in the guest."""

    def __init__(self, agent, number, command):
        self.agent, self.number, self.command = agent, number, command
        self.data = b""
        self.status = None

    @property
    def output(self):
        """What it printed so far, stdout and stderr."""
        return self.data.decode(errors="replace")

    def _until(self, done, timeout, what):
        with self.agent.changed:
            if not self.agent.changed.wait_for(lambda: done() or self.agent.closed, timeout):
                raise TimeoutError(f"{what} not within {timeout} s: {self.command}\n{self.output}")
            if not done():
                raise GuestGone(f"the guest ended while it ran: {self.command}")

    def wait(self, timeout=60):
        """Wait for its end; returns its exit status."""
        self._until(lambda: self.status is not None, timeout, "end")
        return self.status

    def wait_for(self, pattern, timeout=60):
        """Wait until the regular expression matches in its output; returns the match."""
        self._until(lambda: re.search(pattern, self.output, re.M) or self.status is not None, timeout, pattern)
        match = re.search(pattern, self.output, re.M)
        if not match:
            raise CommandFailed(self.command, self.status, f"no '{pattern}' in its output:\n{self.output}")
        return match

    def kill(self, signal=15):
        """Signal its process group."""
        self.agent.send(self.number, KILL, U32.pack(signal))


class Agent:
    """Runs commands in the guest. Wall-clock time-outs only: the guest's clock may run at any speed."""

    def __init__(self, connection):
        self.connection = connection
        self.changed = threading.Condition()
        self.sending = threading.Lock()
        self.jobs = {}
        self.count = 0
        self.ready = False
        self.closed = False
        self._start()

    def _start(self):
        self.receiver = threading.Thread(target=self._receive, daemon=True)
        self.receiver.start()

    def reconnect(self, connection):
        """The guest is reached by another connection; what ran in it runs on."""
        self.receiver.join()
        self.connection.close()
        self.connection = connection
        self.closed = False
        self._start()

    def _read(self, length):
        data = b""
        while len(data) < length:
            part = self.connection.recv(length - len(data))
            if not part:
                raise EOFError
            data += part
        return data

    def _receive(self):
        try:
            while True:
                number, kind, length = HEAD.unpack(self._read(HEAD.size))
                payload = self._read(length)
                with self.changed:
                    if kind == READY:
                        self.ready = True
                    elif kind == OUT:
                        self.jobs[number].data += payload
                    elif kind == EXIT:
                        self.jobs.pop(number).status = U32.unpack(payload)[0]
                    self.changed.notify_all()
        except (EOFError, OSError):
            with self.changed:
                self.closed = True
                self.changed.notify_all()

    def send(self, number, kind, payload):
        try:
            with self.sending:
                self.connection.sendall(HEAD.pack(number, kind, len(payload)) + payload)
        except OSError:
            raise GuestGone("the guest ended") from None

    def start(self, kind, payload, command):
        with self.changed:
            self.count += 1
            job = self.jobs[self.count] = Job(self, self.count, command)
        self.send(job.number, kind, payload)
        return job

    def run(self, command):
        return self.start(RUN, command.encode(), command)

    def put(self, path, data, mode):
        job = self.start(PUT, U32.pack(mode) + path.encode() + b"\0" + data, f"put {path}")
        if job.wait():
            raise CommandFailed(job.command, job.status, job.output)

    def wait_ready(self, timeout):
        deadline = time.monotonic() + timeout
        with self.changed:
            self.changed.wait_for(lambda: self.ready or self.closed, deadline - time.monotonic())
        if self.closed:
            raise GuestGone("the guest ended before it was up")
        if not self.ready:
            raise TimeoutError(f"the guest was not up within {timeout} s")
