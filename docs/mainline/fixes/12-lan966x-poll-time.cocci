// SPDX-License-Identifier: GPL-2.0-only
// File: drivers/net/ethernet/microchip/lan966x/lan966x_main.h
// Subject: net: lan966x: give up polling a register after 100 ms
//
// Each wait for a bit of a register may take 100 s, some of it in a busy
// loop. On a card that is gone every read is all ones, and its removal,
// which blocks the hot-plug of all other slots, takes minutes.
//
// What is waited for takes microseconds when the switch works. 100 ms is
// enough by three orders of magnitude.

@@
@@
-#define READL_TIMEOUT_US 100000000
+#define READL_TIMEOUT_US		100000
