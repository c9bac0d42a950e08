# SPDX-License-Identifier: GPL-2.0-or-later
"""Slots that a test makes in configfs, as a program in the guest would."""

ROOT = "/sys/kernel/config/dtslot"


def path(name):
    return f"{ROOT}/{name}"


def make(vm, name, target=None, blob=None, exports=None):
    """Make a slot; exports is {label: path of its node}."""
    vm.sh(f"mkdir {path(name)}")
    if target is not None:
        vm.sh(f"echo '{target}' >{path(name)}/target")
    if exports is not None:
        write_exports(vm, name, exports)
    if blob is not None:
        write_blob(vm, name, blob)


def write_exports(vm, name, exports):
    lines = "\\n".join(f"{label} {node}" for label, node in exports.items())
    vm.sh(f"printf '{lines}\\n' >{path(name)}/exports")


def write_blob(vm, name, blob):
    vm.put(f"/tmp/{name}.dtbo", blob)
    vm.sh(f"cat /tmp/{name}.dtbo >{path(name)}/blob")


def attach(vm, name):
    vm.sh(f"echo 1 >{path(name)}/attach")


def detach(vm, name):
    vm.sh(f"echo 1 >{path(name)}/detach")


def error(vm, name):
    return vm.sh(f"cat {path(name)}/error").rstrip("\n")


def state(vm, name):
    return vm.sh(f"cat /sys/class/dtslot/manual:{name}/state").strip()


def reason(vm, command):
    """Why a command fails, as its last words say."""
    status, said = vm.try_sh(f"{command} 2>&1")
    assert status, f"not refused: {command}"
    return said.strip().splitlines()[0].split(": ")[-1]


def check_refused(vm, name, message, told, attribute="attach", value="1"):
    """Write what must be refused, with this text in "error", and this for the writer."""
    # not echo: what the shell says of a failed write is always the same
    found = reason(vm, f"printf '{value}' | dd bs=64k of={path(name)}/{attribute}")
    assert (error(vm, name), found) == (message, told), f"{error(vm, name)}\n{found}"
