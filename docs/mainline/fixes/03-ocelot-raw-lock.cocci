// SPDX-License-Identifier: GPL-2.0-only
// File: drivers/pinctrl/pinctrl-ocelot.c
// Subject: pinctrl: ocelot: use a raw spinlock for the registers
//
// The callbacks of the irqchip run under the raw spinlock of the interrupt's
// descriptor and take the regmap's lock. That is a sleeping lock on
// PREEMPT_RT, and lockdep reports "Invalid wait context" elsewhere.
//
// Ask regmap for a raw spinlock: an access is one MMIO read and one write.

@@
identifier config;
expression stride;
@@
 ocelot_pinctrl_probe(...)
 {
 <...
 struct regmap_config config = {
 	.reg_stride = stride,
+	.use_raw_spinlock = true,
 };
 ...>
 }
