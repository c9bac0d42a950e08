// SPDX-License-Identifier: GPL-2.0-only
// File: drivers/pci/pci-sysfs.c
// Subject: PCI: keep the function while its "remove" is written
//
// device_remove_file_self() gives up what protects the device from being
// freed, and the writer then waits for pci_rescan_remove_lock. If it is held
// by a removal of the same function, as by pciehp while it switches the slot
// off, the function is freed meanwhile, and the writer uses it.
//
// Hold a reference.

@@
identifier dev, attr;
@@
 remove_store(struct device *dev, struct device_attribute *attr, ...)
 {
 ...
+get_device(dev);
 if (val && device_remove_file_self(dev, attr))
 	pci_stop_and_remove_bus_device_locked(to_pci_dev(dev));
+put_device(dev);
 ...
 }
