# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest that does nothing passes, on each kernel, and takes commands and files.

Broken if it fails: the runner itself, so no other result means anything.
"""

kernels = ("7.3", "6.12")
options = {"cards": (), "smp": 2}


def test(vm):
    assert vm.sh("uname -r").startswith(vm.kernel.split("-")[0])
    status, text = vm.try_sh("echo said; exit 3")
    assert (status, text) == (3, "said\n")
    data = bytes(range(256)) * 300
    vm.put("/tmp/some/file", data)
    assert vm.get("/tmp/some/file") == data
    job = vm.spawn("trap 'echo bye; exit 7' TERM; echo up; while :; do sleep 1; done")
    job.wait_for("^up$")
    job.kill()
    assert job.wait() == 7
    assert "bye" in job.output
    uptime = vm.sh("cut -d' ' -f1 /proc/uptime").strip()
    vm.note(f"first command after {uptime} s of guest time")
