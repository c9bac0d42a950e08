// SPDX-License-Identifier: GPL-2.0-only
// File: drivers/net/ethernet/microchip/lan966x/lan966x_main.c
// Subject: net: lan966x: name the debugfs directory after the device
//
// All switches of a system ask for one directory "lan966x". The second one
// gets none, and its VCAP files are missing.

@@
expression root;
identifier pdev;
@@
 lan966x_probe(struct platform_device *pdev)
 {
 <...
-root = debugfs_create_dir("lan966x", NULL);
+root = debugfs_create_dir(dev_name(&pdev->dev), NULL);
 ...>
 }
