# SPDX-License-Identifier: GPL-2.0-or-later
"""Add-ons are pulled while programs have all that they brought open: their power is off at once, the next add-on comes in
its own time, the programs get errors, and their end leaves nothing.

Broken if it fails: an unplug that waits for programs, or a crash when the last one of them ends.
"""

from lib import addon, card, dts, slot

kernels = ("7.3", "6.12")
timeout = 400
PARTS = dts.fragment("""#address-cells = <1>; #size-cells = <0>;
	flash@0 { compatible = "jedec,spi-nor"; reg = <0>; spi-max-frequency = <10000000>;
		partitions { compatible = "fixed-partitions"; #address-cells = <1>; #size-cells = <1>;
			boot@0 { label = "boot"; reg = <0 0x8000>; }; rest@8000 { label = "rest"; reg = <0x8000 0x8000>; }; }; };""",
                     "target = <&spi>;")
# for each add-on: what it is known by, a program that has it open, and what that one gets after the pull
CASES = (
    ("flash", "/dev/mtd0", "exec 3<>/dev/mtd0", "No such device"),
    ("parts", "/dev/mtd1", "exec 3<>/dev/mtd1", "No such device"),
    ("thermo-led", "/sys/class/hwmon/hwmon0/temp1_input", "exec 3</sys/class/hwmon/hwmon0/temp1_input",
     "No such device"),
    ("thermo-led", "/sys/class/leds/green:status", "exec 3<$(ls -d /dev/gpiochip* | tail -n 1)", ""),
)


def hold(vm, opens):
    holder = vm.spawn(f"rm -f /tmp/go; mkfifo /tmp/go; {opens}; echo held; read -r go </tmp/go; dd bs=1 count=1 <&3 2>&1; "
                      "echo read; exec 3>&-; echo closed")
    holder.wait_for("held")
    return holder


def let_go(vm, holder, error):
    vm.sh("echo go >/tmp/go")
    holder.wait_for("closed")
    assert error in holder.output, holder.output
    holder.wait()


def pulled(vm):
    addon.unplug(vm)
    # the line has to be quiet for 50 ms first
    vm.sh("sleep 0.15")
    assert addon.lines(vm) == addon.OFF
    addon.wait_state(vm, "empty")
    assert addon.show(vm, "error") == ""


def test(vm):
    for model in ("thermo-led", "flash", "parts"):
        addon.memory(vm, model, addon.image(model=model))
    bdf = addon.attach(vm)
    vm.put(f"{addon.FIRMWARE}/addon-parts.dtbo", dts.compile_overlay(PARTS))
    before = card.snapshot(vm)
    for model, path, opens, error in CASES:
        addon.plug(vm, model)
        addon.wait_attached(vm, path)
        holder = hold(vm, opens)
        pulled(vm)

        other = "thermo-led" if model != "thermo-led" else "flash"
        addon.plug(vm, other)
        addon.wait_attached(vm, "/dev/mtd0" if other == "flash" else "/sys/class/hwmon/hwmon0/temp1_input")
        assert addon.show(vm, "model") == other
        let_go(vm, holder, error)
        pulled(vm)

        # a second one of the kind that is still open
        addon.plug(vm, model)
        addon.wait_attached(vm, path)
        holder = hold(vm, opens)
        pulled(vm)
        addon.plug(vm, model)
        addon.wait_attached(vm)
        pulled(vm)
        let_go(vm, holder, error)
        slot.check_nothing_left(vm, before)

    # whoever opened a flash before its users were counted does not keep it for good
    vm.sh("rmmod dtslot-mtd")
    addon.plug(vm, "flash")
    addon.wait_attached(vm, "/dev/mtd0")
    holder = hold(vm, "exec 3<>/dev/mtd0")
    vm.sh("modprobe dtslot-mtd")
    vm.sh("echo go >/tmp/go")
    holder.wait_for("closed")
    holder.wait()
    vm.sh(f"echo 1 >{addon.CONNECTOR}/detach")
    assert addon.show(vm, "state") == "empty"
    addon.unplug(vm)
    slot.check_i2c(vm, bdf)
