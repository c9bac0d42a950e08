# SPDX-License-Identifier: GPL-2.0-or-later
"""A client for QEMU's machine protocol."""

import collections
import json
import threading

from .agent import GuestGone

EVENTS = 256        # that nobody has waited for yet; of more the oldest are forgotten


class QmpError(Exception):
    """QEMU refused a command."""


class Qmp:
    """Commands to QEMU and events from it, over a connected socket."""

    def __init__(self, connection):
        self.file = connection.makefile("rw", encoding="utf-8")
        self.changed = threading.Condition()
        self.events = collections.deque(maxlen=EVENTS)
        self.replies = []
        self.closed = False
        self.calling = threading.Lock()
        threading.Thread(target=self._receive, daemon=True).start()
        self.command("qmp_capabilities")

    def _receive(self):
        try:
            for line in self.file:
                message = json.loads(line)
                with self.changed:
                    if "event" in message:
                        self.events.append(message)
                    elif "QMP" not in message:
                        self.replies.append(message)
                    self.changed.notify_all()
        except (OSError, ValueError):
            pass
        with self.changed:
            self.closed = True
            self.changed.notify_all()

    def command(self, name, /, **arguments):
        """Run a command; '_' in argument names becomes '-'. Returns what QEMU returns."""
        arguments = {key.replace("_", "-"): value for key, value in arguments.items()}
        with self.calling:
            try:
                self.file.write(json.dumps({"execute": name, "arguments": arguments}) + "\n")
                self.file.flush()
            except OSError:
                raise GuestGone(f"QEMU ended before {name}") from None
            with self.changed:
                if not self.changed.wait_for(lambda: self.replies or self.closed, 60):
                    raise TimeoutError(f"QEMU did not answer {name} within 60 s")
                if not self.replies:
                    raise GuestGone(f"QEMU ended in {name}")
                reply = self.replies.pop(0)
        if "error" in reply:
            raise QmpError(f"{name}: {reply['error']['desc']}")
        return reply["return"]

    def wait_event(self, name, timeout=60, **data):
        """Wait for an event whose data holds what is given, and take it off the list; returns its data."""
        def find():
            return next((event for event in self.events if event["event"] == name and
                         all(event.get("data", {}).get(key) == value for key, value in data.items())), None)

        with self.changed:
            if not self.changed.wait_for(lambda: find() or self.closed, timeout):
                raise TimeoutError(f"no event {name} {data} within {timeout} s")
            event = find()
            if not event:
                raise GuestGone(f"QEMU ended while waiting for {name}")
            self.events.remove(event)
        return event.get("data", {})
