// SPDX-License-Identifier: GPL-2.0-only
// File: drivers/net/ethernet/microchip/lan966x/lan966x_fdma.c
// Subject: net: lan966x: read a received frame only where it is valid
//
// The frame is synced from XDP_PACKET_HEADROOM behind the address that the
// FDMA writes to, though that address has the headroom in it already. On
// memory that is bounced, or not coherent, the first 256 bytes are stale,
// the header among them.
//
// And a header may name a port that the firmware node does not describe. Its
// entry in ports[] is NULL. Drop such a frame as one of a port out of range.

@@
expression dev, len, dir;
identifier db;
typedef dma_addr_t;
@@
 lan966x_fdma_rx_check_frame(...)
 {
 <...
 dma_sync_single_for_cpu(dev,
-	(dma_addr_t)db->dataptr + XDP_PACKET_HEADROOM,
+	(dma_addr_t)db->dataptr,
 	len, dir);
 ...>
 }

@@
identifier lan966x, src_port;
@@
 lan966x_fdma_rx_check_frame(...)
 {
 <...
-if (WARN_ON(*src_port >= lan966x->num_phys_ports))
+if (WARN_ON(*src_port >= lan966x->num_phys_ports ||
+	    !lan966x->ports[*src_port]))
 	return FDMA_ERROR;
 ...>
 }
