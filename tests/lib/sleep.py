# SPDX-License-Identifier: GPL-2.0-or-later
"""System sleep. Tests want options = sleep.OPTIONS, or with more in it."""

# not by virtio: its console of 7.3 asks whether its port is open before it can take the answer, see docs/mainline.md
OPTIONS = {"agent": "tty", "qemu": ("-global", "ICH9-LPC.disable_s3=0")}
PATIENCE = 300      # seconds of a host that has much else to do
# The chipset's ISA bridge. SeaBIOS does not give it back where its ACPI registers are (PMBASE and ACPI_CNTL), so that
# a second sleep would end at once; the words at 0x40.
BRIDGE = "/sys/bus/pci/devices/0000:00:1f.0/config"
KEEP = f"dd if={BRIDGE} of=/tmp/acpi bs=4 skip=16 count=2 2>/dev/null"
RESTORE = f"dd if=/tmp/acpi of={BRIDGE} bs=4 seek=16 2>/dev/null"


def idle(level="devices"):
    """A command that suspends to idle, but for its very last step, which nothing would wake this machine from.

    At the level "devices" all keep their power, at "platform" those lose it that would lose it asleep.
    """
    return f"cd /sys/power && echo {level} >pm_test && echo freeze >state && echo none >pm_test"


def to_idle(vm, level="devices"):
    """Suspend to idle as far as idle() does."""
    vm.sh(idle(level), PATIENCE)


def to_ram(vm, meanwhile=lambda: None, afterwards="true"):
    """Suspend to RAM: all but the memory is reset. Has the guest run a command as soon as it is awake again."""
    job = vm.spawn(f"{KEEP} && echo mem >/sys/power/state && {afterwards} && {RESTORE}")
    vm.wait_event("SUSPEND", PATIENCE)
    meanwhile()
    vm.qmp("system_wakeup")
    assert job.wait(PATIENCE) == 0, job.output
