# SPDX-License-Identifier: GPL-2.0-or-later
"""Firmware overlays that have flexcoms in one of their three modes, and not much more of the card."""

from . import card, dts, slot

MODULES = ("irq-lan966x-oic", "clk-lan966x", "pinctrl-ocelot", "atmel-flexcom")
ADDRESSES = (0xe0040000, 0xe0044000, 0xe0060000, 0xe0064000, 0xe0070000)
INTERRUPT = 48      # of flexcom 0 in the outbound interrupt controller; the others follow
CLOCK = 7           # of flexcom 0 in the clock controller
USART, SPI, TWI = 1, 2, 3
PINS = 8            # the first of flexcom 0's three; those of the others follow

BASE = """
#address-cells = <3>;
#size-cells = <2>;
cpu_clk: clock-600000000 { compatible = "fixed-clock"; #clock-cells = <0>; clock-frequency = <600000000>; };
ddr_clk: clock-30000000 { compatible = "fixed-clock"; #clock-cells = <0>; clock-frequency = <30000000>; };
sys_clk: clock-15625000 { compatible = "fixed-clock"; #clock-cells = <0>; clock-frequency = <15625000>; };
pci-ep-bus@0 {
	compatible = "simple-bus";
	#address-cells = <1>;
	#size-cells = <1>;
	ranges = <0xe2000000 0 0 0 0x2000000>, <0xe0000000 1 0 0 0x1000000>;
	clks: clock-controller@e00c00a8 {
		compatible = "microchip,lan966x-gck";
		reg = <0xe00c00a8 0x38>, <0xe00c02cc 0x4>;
		#clock-cells = <1>;
		clocks = <&cpu_clk>, <&ddr_clk>, <&sys_clk>;
		clock-names = "cpu", "ddr", "sys";
	};
	oic: interrupt-controller@e00c0120 {
		compatible = "microchip,lan966x-oic";
		reg = <0xe00c0120 0x190>;
		#address-cells = <0>;
		#interrupt-cells = <2>;
		interrupt-controller;
		interrupts = <0>;
	};
	gpio: pinctrl@e2004064 {
		compatible = "microchip,lan966x-pinctrl";
		reg = <0xe2004064 0xb4>, <0xe2010024 0x138>;
		gpio-controller;
		#gpio-cells = <2>;
		gpio-ranges = <&gpio 0 0 78>;
		PINS
	};
"""
COMMON = """interrupt-parent = <&oic>; interrupts = <{interrupt} 4>; clocks = <&clks {clock}>;
	assigned-clocks = <&clks {clock}>; assigned-clock-rates = <20000000>;
	pinctrl-0 = <&fc{n}_a_pins>; pinctrl-names = "default";"""
FUNCTIONS = {
    USART: """serial@200 { compatible = "atmel,at91sam9260-usart"; reg = <0x200 0x200>; clock-names = "usart";
	COMMON BODY };""",
    SPI: """spi@400 { compatible = "atmel,at91rm9200-spi"; reg = <0x400 0x200>; clock-names = "spi_clk";
	#address-cells = <1>; #size-cells = <0>; COMMON BODY };""",
    TWI: """i2c@600 { compatible = "microchip,sam9x60-i2c"; reg = <0x600 0x200>;
	#address-cells = <1>; #size-cells = <0>; COMMON BODY };""",
}


def node(n, mode, body=""):
    """Source of flexcom n in a mode; body goes into the node of its function."""
    common = COMMON.format(n=n, interrupt=INTERRUPT + n, clock=CLOCK + n)
    function = FUNCTIONS[mode].replace("COMMON", common).replace("BODY", body)
    return f"""flexcom@{ADDRESSES[n]:x} {{
	compatible = "atmel,sama5d2-flexcom";
	reg = <0x{ADDRESSES[n]:x} 0x100>;
	ranges = <0 0x{ADDRESSES[n]:x} 0x800>;
	#address-cells = <1>;
	#size-cells = <1>;
	clocks = <&clks {CLOCK + n}>;
	atmel,flexcom-mode = <{mode}>;
	{function}
}};
"""


def overlay(*nodes):
    """The blob of an overlay with these flexcoms."""
    pins = "".join(f'fc{n}_a_pins: fc{n}-a-pins {{ pins = "GPIO_{first}", "GPIO_{first + 1}", "GPIO_{first + 2}";'
                   f' function = "fc{n}_a"; }};\n'
                   for n, first in enumerate(range(PINS, PINS + 3 * len(ADDRESSES), 3)))
    head = "#address-cells = <0>; #interrupt-cells = <1>; interrupt-controller;"
    body = BASE.replace("PINS", pins) + "".join(nodes) + "};"
    return dts.compile_overlay(dts.fragment(body, target=f'target-path = ""; {head}'))


def attach(vm, *nodes, bound, modules=()):
    """Put the overlay in place of the embedded one, attach; wait until the devices `bound` have drivers."""
    [bdf] = card.functions(vm)
    vm.put(dts.FIRMWARE, overlay(*nodes))
    vm.sh("modprobe -a " + " ".join((*MODULES, *modules)) + " && modprobe dtslot-pci")
    vm.until(f"[ $(cat {slot.path(bdf)}/state) = attached ]")
    card.wait_bound(vm, bdf, bound)
    return bdf
