// SPDX-License-Identifier: GPL-2.0-only
// File: drivers/net/mdio/mdio-mscc-miim.c
// Subject: net: mdio: mscc-miim: sleep while the PHYs start
//
// After the reset the driver waits half a second in a busy loop. The
// function may sleep: its bus is being registered.

@@
@@
 mscc_miim_reset(...)
 {
 <...
-mdelay(500);
+msleep(500);
 ...>
 }
