# SPDX-License-Identifier: GPL-2.0-or-later
"""A program of the guest that has a device open and does nothing with it."""


class Holder:
    """Has the file open from here on until let_go()."""

    def __init__(self, vm, path):
        self.job = vm.spawn(f"echo pid $$; exec 3<>{path}; echo held; exec sleep 1000000")
        self.job.wait_for("held")
        self.pid = int(self.job.output.split()[1])
        self.who = f"sleep (pid {self.pid}) has it"

    def let_go(self):
        self.job.kill()
        self.job.wait()
