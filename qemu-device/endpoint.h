/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PCI function of the LAN966x in endpoint mode. */

#ifndef LAN966X_ENDPOINT_H
#define LAN966X_ENDPOINT_H

#include "hw/pci/pci_device.h"
#include "board/connector.h"
#include "soc.h"

#define TYPE_LAN966X_ENDPOINT "lan966x-endpoint"
OBJECT_DECLARE_SIMPLE_TYPE(Lan966xEndpoint, LAN966X_ENDPOINT)

#define LAN966X_BARS 6

typedef struct Lan966xBar {
    MemoryRegion mr;            /* what the host maps */
    MemoryRegion window;        /* alias of the SoC's addresses in it */
    MemoryRegion dark;          /* over it, while the card is dark */
} Lan966xBar;

struct Lan966xEndpoint {
    PCIDevice parent_obj;

    Lan966xBar bar[LAN966X_BARS];
    Lan966xSoc soc;
    Lan966xConnector connector;
    bool level;                 /* of the OIC */
    bool message;               /* to be sent by */
    QEMUTimer *send;
    VMChangeStateEntry *run;
    int32_t boot_ms;            /* what the boot ROM takes after a reset */
    bool booting;
    QEMUTimer *booted;
    bool dark;
    bool msi;
    bool intx;
    bool gone;                  /* taken out, for good */
};

#endif /* LAN966X_ENDPOINT_H */
