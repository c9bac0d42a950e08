// SPDX-License-Identifier: GPL-2.0-only
// File: drivers/net/ethernet/microchip/lan966x/lan966x_mdb.c
// Subject: net: lan966x: count the sources of a multicast group
//
// The switch forwards by group, not by source: entries of the bridge for two
// sources of one group share an entry of the MAC table. It remembers the
// ports as a mask without a count, so that the first source that is deleted
// takes the port out, and the other sources do not reach it any more.
//
// Count the entries of each port.

@@
@@
 struct lan966x_mdb_entry {
 	...
 	u8 cpu_copy;
+	u16 sources[NUM_PHYS_PORTS];
 };

@@
identifier e, port, cpu_port;
@@
 lan966x_mdb_ip_add(...)
 {
 <...
-if (cpu_port)
-	e->cpu_copy++;
-else
-	e->ports |= BIT(port->chip_port);
+if (cpu_port)
+	e->cpu_copy++;
+else if (!e->sources[port->chip_port]++)
+	e->ports |= BIT(port->chip_port);
 ...>
 }

@@
identifier e, port;
@@
 lan966x_mdb_l2_add(...)
 {
 <...
-e->ports |= BIT(port->chip_port);
+e->sources[port->chip_port]++;
+e->ports |= BIT(port->chip_port);
 ...>
 }

@@
identifier port, ports;
identifier fn = { lan966x_mdb_ip_del, lan966x_mdb_l2_del };
symbol mdb_entry;
@@
 fn(...)
 {
 <...
-ports &= ~BIT(port->chip_port);
+if (--mdb_entry->sources[port->chip_port])
+	return 0;
+ports &= ~BIT(port->chip_port);
 ...>
 }
