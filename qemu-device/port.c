/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A root port with power management, which QEMU's own has not. In D3 it takes
 * the power from its slot: what is there forgets all it was told.
 *
 *   -device pcie-root-port-d3,id=..   and all properties of pcie-root-port
 *
 * Linux sends ports of a machine like QEMU's to D3 if it is booted with
 * pcie_port_pm=force.
 */

#include "qemu/osdep.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pcie_port.h"
#include "qapi/error.h"
#include "compat.h"

#define TYPE_D3_PORT "pcie-root-port-d3"

typedef struct D3PortClass {
    PCIERootPortClass parent_class;

    DeviceRealize parent_realize;
    PCIConfigWriteFunc *parent_config_write;
} D3PortClass;

DECLARE_CLASS_CHECKERS(D3PortClass, D3_PORT, TYPE_D3_PORT)

static bool d3_port_has_power(PCIDevice *pci)
{
    uint16_t control = pci_get_word(pci->config + pci->pm_cap + PCI_PM_CTRL);

    return (control & PCI_PM_CTRL_STATE_MASK) != 3;
}

/* Without power nothing runs, and all starts anew when the power is back */
static void d3_port_config_write(PCIDevice *pci, uint32_t address, uint32_t val,
                                 int len)
{
    bool before = d3_port_has_power(pci);

    D3_PORT_GET_CLASS(pci)->parent_config_write(pci, address, val, len);
    if (d3_port_has_power(pci) != before) {
        bus_cold_reset(BUS(pci_bridge_get_sec_bus(PCI_BRIDGE(pci))));
    }
}

static void d3_port_realize(DeviceState *dev, Error **errp)
{
    ERRP_GUARD();
    PCIDevice *pci = PCI_DEVICE(dev);
    int cap;

    D3_PORT_GET_CLASS(dev)->parent_realize(dev, errp);
    if (*errp) {
        return;
    }
    cap = pci_pm_init(pci, 0, errp);
    if (cap < 0) {
        return;
    }
    pci_set_word(pci->config + cap + PCI_PM_PMC, 3);
    pci_set_word(pci->config + cap + PCI_PM_CTRL, PCI_PM_CTRL_NO_SOFT_RESET);
    pci_set_word(pci->wmask + cap + PCI_PM_CTRL, PCI_PM_CTRL_STATE_MASK);
}

static void d3_port_class_init(ObjectClass *klass, Lan966xClassData *data)
{
    D3PortClass *port = D3_PORT_CLASS(klass);
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(klass);

    dc->desc = "PCI Express root port that takes the power from its slot in D3";
    port->parent_config_write = pc->config_write;
    pc->config_write = d3_port_config_write;
    device_class_set_parent_realize(dc, d3_port_realize, &port->parent_realize);
}

static const TypeInfo d3_port_types[] = {
    {
        .name = TYPE_D3_PORT,
        .parent = "pcie-root-port",
        .class_size = sizeof(D3PortClass),
        .class_init = d3_port_class_init,
    },
};

DEFINE_TYPES(d3_port_types)
