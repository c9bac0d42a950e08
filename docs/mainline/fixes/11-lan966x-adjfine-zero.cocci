// SPDX-License-Identifier: GPL-2.0-only
// File: drivers/net/ethernet/microchip/lan966x/lan966x_ptp.c
// Subject: net: lan966x: set a frequency offset of zero
//
// An offset of zero is taken for nothing to do, and the clock keeps the last
// offset. Write the nominal period then, too.

@@
identifier scaled_ppm;
@@
 lan966x_ptp_adjfine(..., long scaled_ppm)
 {
 ...
-if (!scaled_ppm)
-	return 0;
 ...
 }
