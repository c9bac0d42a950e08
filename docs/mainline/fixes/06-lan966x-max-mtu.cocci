// SPDX-License-Identifier: GPL-2.0-only
// File: drivers/net/ethernet/microchip/lan966x/lan966x_main.c
// Subject: net: lan966x: keep the largest MTU inside its register
//
// DEV_MAC_MAXLEN_CFG has 16 bits for the length of a frame, that is the MTU
// with the Ethernet header and the FCS. With an MTU of 65518 or more the
// value overflows, the limit becomes a few bytes, and the port receives
// nothing.
//
// Subtract the overhead from the largest MTU that can be asked for.

@@
expression dev;
@@
 lan966x_probe_port(...)
 {
 <...
-dev->max_mtu = ETH_MAX_MTU;
+dev->max_mtu = ETH_MAX_MTU - LAN966X_HW_MTU(0);
 ...>
 }
