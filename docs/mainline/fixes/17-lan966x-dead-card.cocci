// SPDX-License-Identifier: GPL-2.0-only
// File: drivers/net/ethernet/microchip/lan966x/lan966x_main.c
// File: drivers/net/ethernet/microchip/lan966x/lan966x_mac.c
// File: drivers/net/ethernet/microchip/lan966x/lan966x_ptp.c
// File: drivers/net/ethernet/microchip/lan966x/lan966x_fdma.c
// Subject: net: lan966x: end interrupt handlers on a card that is gone
//
// On a PCI card that dies while a handler runs every read is all ones. There
// is always one more frame, from a port that does not exist; the walk over
// the MAC table, with its lock held, does not come to its end; a time stamp
// is for a port behind the last one; the FDMA has each error, and warns.
//
// Leave each handler when what was read cannot be.

@@
expression port;
symbol lan966x;
@@
 lan966x_xtr_irq_handler(...)
 {
 <...
-WARN_ON(port >= lan966x->num_phys_ports);
+if (port >= lan966x->num_phys_ports)
+	return IRQ_HANDLED;
 ...>
 }

@@
symbol lan966x;
@@
 lan966x_mac_irq_handler(...)
 {
 <...
-lan966x_mac_wait_for_completion(lan966x);
+if (lan966x_mac_wait_for_completion(lan966x)) {
+	spin_unlock(&lan966x->mac_lock);
+	break;
+}
 ...>
 }

@@
expression txport, val;
symbol lan966x;
@@
 lan966x_ptp_irq_handler(...)
 {
 <...
 txport = PTP_TWOSTEP_CTRL_STAMP_PORT_GET(val);
+if (txport >= lan966x->num_phys_ports)
+	break;
 ...>
 }

@@
symbol db, err, lan966x;
@@
 lan966x_fdma_irq_handler(...)
 {
 <...
 err = lan_rd(lan966x, FDMA_INTR_ERR);
+if (db == U32_MAX && err == U32_MAX)
+	return IRQ_NONE;
 ...>
 }
