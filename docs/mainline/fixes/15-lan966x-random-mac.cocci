// SPDX-License-Identifier: GPL-2.0-only
// File: drivers/net/ethernet/microchip/lan966x/lan966x_main.h
// File: drivers/net/ethernet/microchip/lan966x/lan966x_main.c
// Subject: net: lan966x: say that a random MAC address is random
//
// Without an address in the firmware node the driver takes a random base,
// and the ports' addresses are reported as permanent ones. Userspace then
// names interfaces after addresses that differ at each probe.
//
// Remember where the base came from, and mark the addresses of the ports.

@@
@@
 struct lan966x {
 	...
 	u8 base_mac[ETH_ALEN];
+	bool base_mac_random;
 	...
 };

@@
identifier lan966x;
@@
 lan966x_probe(...)
 {
 <...
 eth_random_addr(lan966x->base_mac);
+lan966x->base_mac_random = true;
 ...>
 }

@@
identifier dev, lan966x;
@@
 lan966x_probe_port(struct lan966x *lan966x, ...)
 {
 <...
 eth_hw_addr_gen(dev, lan966x->base_mac, ...);
+if (lan966x->base_mac_random)
+	dev->addr_assign_type = NET_ADDR_RANDOM;
 ...>
 }
