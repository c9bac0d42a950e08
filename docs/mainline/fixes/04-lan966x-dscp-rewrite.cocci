// SPDX-License-Identifier: GPL-2.0-only
// File: drivers/net/ethernet/microchip/lan966x/lan966x_port.c
// Subject: net: lan966x: write only the DSCP rewrite registers that exist
//
// ANA_DSCP_REWR_CFG has 16 registers, eight QoS classes for each of two drop
// precedences. The loop runs over the 64 entries of the map: each change by
// dcb warns about an index that is out of range, and writes to what lies
// behind these registers.
//
// Only the first eight entries of the map can be set, as DCB knows eight
// priorities. Stop at the registers that exist.

@@
identifier i, qos;
@@
 lan966x_port_qos_dscp_rewr_set(...)
 {
 <...
-for (int i = 0; i < ARRAY_SIZE(qos->map); i++)
+for (int i = 0; i < 16; i++)
 { ... }
 ...>
 }
