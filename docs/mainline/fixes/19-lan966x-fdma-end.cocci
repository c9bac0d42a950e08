// SPDX-License-Identifier: GPL-2.0-only
// File: drivers/net/ethernet/microchip/lan966x/lan966x_fdma.c
// Subject: net: lan966x: send nothing by an FDMA that has ended
//
// On removal the rings are freed before the network devices are unregistered.
// While one of these goes, which sleeps, frames of the others are entered
// into memory that is another's by then, and the channel that was disabled
// is activated on it again.
//
// End NAPI first, as it wakes the queues. Then stop these, and wait for a
// frame that is being entered; the change of the MTU wants that, too. All
// eight queues of a port have to be stopped, and so all have to be woken.

@@
symbol port;
@@
 lan966x_fdma_wakeup_netdev(...)
 {
 <...
-if (netif_queue_stopped(port->dev))
-	netif_wake_queue(port->dev);
+netif_tx_wake_all_queues(port->dev);
 ...>
 }

@@
symbol port;
@@
 lan966x_fdma_stop_netdev(...)
 {
 <...
-netif_stop_queue(port->dev);
+netif_tx_disable(port->dev);
 ...>
 }

@@
symbol lan966x;
@@
 lan966x_fdma_deinit(...)
 {
 ...
+napi_synchronize(&lan966x->napi);
+napi_disable(&lan966x->napi);
+lan966x_fdma_stop_netdev(lan966x);
+
 lan966x_fdma_rx_disable(...);
 lan966x_fdma_tx_disable(...);
-napi_synchronize(...);
-napi_disable(...);
 ...
 }
