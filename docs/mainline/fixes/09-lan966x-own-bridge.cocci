// SPDX-License-Identifier: GPL-2.0-only
// File: drivers/net/ethernet/microchip/lan966x/lan966x_switchdev.c
// Subject: net: lan966x: listen only to the port's own bridge
//
// Attributes and VLANs of a bridge reach a switch port through VLAN
// interfaces above it, too. Bridging such an interface makes the switch port
// VLAN-unaware or aware, sets its STP state and its PVID, as if it were a
// port of that bridge itself: all VLAN interfaces of the port lose their tag
// or their traffic, and nothing undoes that when the interface leaves.
//
// Support neither unless the switch port is a port of the bridge, alone or
// in a LAG.

@@
identifier port, ctx;
identifier fn = { lan966x_port_attr_set, lan966x_handle_port_obj_add,
		  lan966x_handle_port_obj_del };
@@
 fn(...)
 {
 ...
 if (ctx && ctx != port)
 	return 0;
+if (!(port->lan966x->bridge_mask & BIT(port->chip_port)))
+	return -EOPNOTSUPP;
 ...
 }
