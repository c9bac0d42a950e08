# SPDX-License-Identifier: GPL-2.0-or-later
"""A connector with a PWM, as mikroBUS has: a LED of an add-on is dimmed by its number on the connector. An add-on that
brings a PWM controller and an I2C adapter itself is pulled while programs have them open: it goes at once, the next
add-on comes, the programs get errors.

Broken if it fails: add-ons with a PWM, and an unplug that waits for programs. The PWM controllers are stand-ins, the lines
those of the kernel's simulator.
"""

from lib import card, dts, foreign, manual
from lib.holder import Holder

kernels = ("7.3-arm64",)
soak_kernels = ("7.3-debug",)
options = {"cards": (), "ports": 0}
SLOT = "/tmp/slot"     # a link, as the name of the slot is none of this test
LINES = "/sys/bus/platform/devices/lines"
BOARD = dts.fragment("""
	lines { compatible = "gpio-simulator"; bank: bank { gpio-controller; #gpio-cells = <2>; ngpios = <8>; }; };
	chip: pwm { compatible = "dtslot,stand-in-pwm"; #pwm-cells = <3>; };
	connector { compatible = "dtslot,connector"; label = "socket"; #address-cells = <1>; #size-cells = <0>;
		presence-gpios = <&bank 0 0>; enable-gpios = <&bank 1 0>;
		socket_lines: lines { #gpio-cells = <2>; gpio-map-mask = <0xff 0>; gpio-map-pass-thru = <0 0xff>;
			gpio-map = <0 0 &bank 2 0>, <1 0 &bank 3 0>; };
		socket_pwm: pwm { #pwm-cells = <3>; pwm-map-mask = <0xff 0 0>;
			pwm-map-pass-thru = <0 0xffffffff 0xffffffff>; pwm-map = <0 0 0 &chip 2 0 0>; };
		devices { }; exports { lines = <&socket_lines>; pwm = <&socket_pwm>; }; id { format = "none"; }; };""")
ADDONS = {
    "dimmer": """leds { compatible = "pwm-leds";
		led { label = "lamp"; pwms = <&pwm 0 1000000 0>; max-brightness = <100>; }; };""",
    "far": """leds { compatible = "pwm-leds";
		led { label = "lamp"; pwms = <&pwm 1 1000000 0>; max-brightness = <100>; }; };""",
    "controllers": """chip { compatible = "dtslot,stand-in-pwm"; #pwm-cells = <3>; };
		i2c { compatible = "i2c-gpio"; sda-gpios = <&lines 0 6>; scl-gpios = <&lines 1 6>;
			#address-cells = <1>; #size-cells = <0>; };""",
}


def set_presence(vm, there):
    vm.sh(f"cd {LINES}/gpiochip*/sim_gpio0 && echo pull-{'up' if there else 'down'} >pull")


def come(vm, model):
    set_presence(vm, True)
    # which add-on it is nothing says
    vm.until(f"[ $(cat {SLOT}/state) = failed ]")
    vm.sh(f"echo {model} >{SLOT}/device/model")
    vm.until(f"[ $(cat {SLOT}/state) = attached ]")


def go(vm):
    set_presence(vm, False)
    vm.until(f"[ $(cat {SLOT}/state) = empty ]")
    assert vm.sh(f"cat {SLOT}/error") == ""
    assert vm.sh(f"cat {LINES}/gpiochip*/sim_gpio1/value") == "0\n"


def dim(vm):
    led = "/sys/class/leds/lamp"
    vm.until(f"[ -e {led} ]")
    vm.sh(f"echo 30 >{led}/brightness")
    assert vm.sh("cat /sys/bus/platform/devices/pwm/told") == "2: 300000 of 1000000 ns\n"


def test(vm):
    vm.sh("modprobe -a dtslot-connector dtslot-manual")
    foreign.load_stock(vm, "gpio_sim", "leds_pwm", "i2c_gpio", "i2c_dev")
    foreign.load(vm, "pwm-chip")
    manual.make(vm, "board", "/", dts.compile_overlay(BOARD))
    manual.attach(vm, "board")
    vm.until("[ -e /sys/class/dtslot/connector:*socket ]")
    vm.sh(f"ln -s /sys/class/dtslot/connector:*socket {SLOT}")
    for model, nodes in ADDONS.items():
        vm.put(f"/lib/firmware/dtslot/addon-{model}.dtbo", dts.compile_overlay(dts.fragment(nodes)))
    before = card.snapshot(vm)
    come(vm, "dimmer")
    dim(vm)
    go(vm)
    # dark: the driver keeps the PWM at the inactive level
    assert vm.sh("cat /sys/bus/platform/devices/pwm/told") == "2: 0 of 1000000 ns\n"
    assert not card.differences(before, card.snapshot(vm))

    come(vm, "far")
    vm.until(f"[ $(cat {SLOT}/settled) = 1 ]")
    assert vm.sh(f"cat {SLOT}/unbound").endswith("leds: probe failed with -2\n")
    go(vm)

    come(vm, "controllers")
    vm.until("[ -e /sys/class/pwm/pwmchip1 ] && ls /dev/i2c-*")
    vm.sh("echo 3 >/sys/class/pwm/pwmchip1/export; cd /sys/class/pwm/pwmchip1/pwm3; echo 1000 >period; echo 1 >enable")
    [bus] = vm.sh("ls /dev/i2c-*").split()
    # a detach by root is refused, a pull is not
    holder = Holder(vm, bus)
    assert manual.reason(vm, f"printf 1 | dd of={SLOT}/detach") == "Device or resource busy"
    assert vm.sh(f"cat {SLOT}/error") == f"detach: {bus[5:]} is open: {holder.who}\n"
    vm.sh("rm -f /tmp/go; mkfifo /tmp/go")
    paths = {bus: "dd bs=1 count=1 <&3", "/sys/class/pwm/pwmchip1/pwm3/period": "echo 2000 | dd >&3",
             "/dev/pwmchip1": "true"}
    jobs = {path: vm.spawn(f"exec 3<>{path}; echo held; : </tmp/go; {{ {then}; }} 2>&1; echo over")
            for path, then in paths.items()}
    for job in jobs.values():
        job.wait_for("held")
    go(vm)
    assert vm.try_sh(f"[ -e {bus} ]")[0] and vm.sh("ls /sys/class/pwm") == "pwmchip0\n"
    come(vm, "dimmer")
    dim(vm)
    vm.sh(": >/tmp/go")
    for path, job in jobs.items():
        job.wait_for("over")
        assert path == "/dev/pwmchip1" or "No such device" in job.output, (path, job.output)
        job.wait()
    holder.let_go()
    go(vm)
    assert not card.differences(before, card.snapshot(vm))
    manual.detach(vm, "board")
