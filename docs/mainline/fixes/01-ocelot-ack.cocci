// SPDX-License-Identifier: GPL-2.0-only
// File: drivers/pinctrl/pinctrl-ocelot.c
// Subject: pinctrl: ocelot: acknowledge one interrupt at a time
//
// The register of latched interrupts clears the bits that are written as
// one. regmap_write_bits() reads it first and writes all latched bits back,
// so an interrupt of another pin that is latched between the handler's look
// and this acknowledge is cleared without having been handled.
//
// Write the bit of the handled pin alone.

@@
expression map, reg, bit;
@@
 ocelot_irq_ack(...)
 {
 <...
-regmap_write_bits(map, reg, bit, bit);
+regmap_write(map, reg, bit);
 ...>
 }
