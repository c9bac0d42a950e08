// SPDX-License-Identifier: GPL-2.0-only
// File: drivers/net/ethernet/microchip/lan966x/lan966x_switchdev.c
// Subject: net: lan966x: take VLAN filtering only from the port's own bridge
//
// Attributes of a bridge reach the port through VLAN interfaces above it,
// too. Bridging such an interface makes the port VLAN-unaware or aware as if
// it were a port of that bridge: all VLAN interfaces of the port lose their
// tag, and nothing undoes that when the interface leaves the bridge.
//
// Ignore the attribute unless the port itself is a port of the bridge.

@@
identifier port, attr;
@@
 lan966x_port_attr_set(...)
 {
 <...
-lan966x_vlan_port_set_vlan_aware(port, attr->u.vlan_filtering);
-lan966x_vlan_port_apply(port);
+if (port->lan966x->bridge_mask & BIT(port->chip_port)) {
+	lan966x_vlan_port_set_vlan_aware(port, attr->u.vlan_filtering);
+	lan966x_vlan_port_apply(port);
+}
 ...>
 }
