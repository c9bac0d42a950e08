// SPDX-License-Identifier: GPL-2.0-only
// File: drivers/pinctrl/pinctrl-ocelot.c
// Subject: pinctrl: ocelot: wait for the interrupt controller
//
// platform_get_irq_optional() returns -EPROBE_DEFER as long as the driver of
// the interrupt controller is not bound. The driver takes each error for
// "has no interrupt" and registers its GPIOs without, for good.
//
// Return each error but -ENXIO, which says that the node names no interrupt.

@@
expression pdev;
identifier irq;
@@
 ocelot_gpiochip_register(...)
 {
 ...
 irq = platform_get_irq_optional(pdev, 0);
+if (irq < 0 && irq != -ENXIO)
+	return irq;
 ...
 }
