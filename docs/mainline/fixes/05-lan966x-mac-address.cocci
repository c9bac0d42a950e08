// SPDX-License-Identifier: GPL-2.0-only
// File: drivers/net/ethernet/microchip/lan966x/lan966x_main.c
// Subject: net: lan966x: refuse invalid MAC addresses
//
// A multicast address or all zeros is taken, learned in the MAC table and
// put into frames as the source. Refuse it as eth_mac_addr() does.

@@
expression addr, dev;
@@
 lan966x_port_set_mac_address(...)
 {
 ...
 if (ether_addr_equal(addr->sa_data, dev->dev_addr))
 	return 0;
+if (!is_valid_ether_addr(addr->sa_data))
+	return -EADDRNOTAVAIL;
 ...
 }
