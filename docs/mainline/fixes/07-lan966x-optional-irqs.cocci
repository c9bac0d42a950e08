// SPDX-License-Identifier: GPL-2.0-only
// File: drivers/net/ethernet/microchip/lan966x/lan966x_main.c
// Subject: net: lan966x: wait for optional interrupts, and miss them quietly
//
// The interrupts but "xtr" are optional. platform_get_irq_byname() logs an
// error for each that the node does not name, on every good probe without
// FDMA. And -EPROBE_DEFER is taken for "has none", so that a switch that is
// probed before its interrupt controller works without them for good.
//
// Use the optional variant, and return each error but -ENXIO.

@@
expression irq, pdev, name;
@@
 lan966x_probe(...)
 {
 <...
(
 irq = platform_get_irq_byname(pdev, "xtr");
|
-irq = platform_get_irq_byname(pdev, name);
+irq = platform_get_irq_byname_optional(pdev, name);
+if (irq < 0 && irq != -ENXIO)
+	return irq;
)
 ...>
 }
