// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses of the network ports: the same whenever a card is in a slot again.
 *
 * A switch without "mac-address" takes a random one at each attach. So a node that
 * has none is given one: what the maker has programmed into the card's OTP, else one
 * that is made of the serial number if the card's function has one, else of the host's
 * identity and the way to the slot. Those that are made are locally administered.
 * "dtslot,mac-address-from" beside it says where it comes from.
 */
#include <linux/dmi.h>
#include <linux/etherdevice.h>
#include <linux/moduleparam.h>
#include <linux/of.h>
#include <linux/slab.h>
#include <crypto/sha2.h>

#include "../compat.h"
#include "pci.h"

/* A switch counts up from its address: one for itself, then one for each port. */
#define PORT_BITS 4

static char *host_id;
module_param(host_id, charp, 0400);
MODULE_PARM_DESC(host_id, "what tells this host from others, for addresses of ports (default: UUID of the firmware, or serial number in the device tree)");

/* Everything that an address is made of; packed, as its bytes are hashed. */
struct seed {
	char host[64];
	int domain;
	u8 bus;			/* the root bus */
	u8 depth;
	u8 way[16];		/* devfn of the function and of each bridge above */
	u64 serial;
	u32 number;		/* of the switch, on a card with several */
} __packed;

static const char *host_identity(void)
{
	const char *serial;

	if (host_id && *host_id)
		return host_id;
	if (dmi_get_system_info(DMI_PRODUCT_UUID))
		return dmi_get_system_info(DMI_PRODUCT_UUID);
	if (of_root && !of_property_read_string(of_root, "serial-number", &serial))
		return serial;
	return NULL;
}

/*
 * Bus numbers below the root change as cards come and go, so they are no part of it.
 * Returns where the address comes from, NULL if nothing tells this card from others.
 */
static const char *find_seed(struct pci_dev *pdev, struct seed *seed)
{
	const char *host = host_identity();

	seed->serial = pci_get_dsn(pdev);
	if (seed->serial)
		return "serial number";
	if (!host)
		return NULL;
	strscpy(seed->host, host, sizeof(seed->host));
	seed->domain = pci_domain_nr(pdev->bus);
	for (;;) {
		seed->way[seed->depth++ % sizeof(seed->way)] ^= pdev->devfn;
		if (pci_is_root_bus(pdev->bus))
			break;
		pdev = pdev->bus->self;
	}
	seed->bus = pdev->bus->number;
	return "host and slot";
}

static void make_address(const struct seed *seed, u8 *address)
{
	u8 digest[SHA256_DIGEST_SIZE];

	sha256((const u8 *)seed, sizeof(*seed), digest);
	memcpy(address, digest, ETH_ALEN);
	address[0] = (address[0] & ~1) | 2;
	address[ETH_ALEN - 1] &= ~GENMASK(PORT_BITS - 1, 0);
}

static void free_property(struct property *prop)
{
	if (!prop)
		return;
	kfree(prop->name);
	kfree(prop->value);
	kfree(prop);
}

/* Once it is added, the property belongs to the node and goes with it. */
static int add_property(struct device_node *np, const char *name, const void *value, size_t size)
{
	struct property *prop;
	int ret = -ENOMEM;

	prop = kzalloc_obj(*prop);
	if (!prop)
		return -ENOMEM;
	prop->name = kstrdup(name, GFP_KERNEL);
	prop->value = kmemdup(value, size, GFP_KERNEL);
	prop->length = size;
	if (prop->name && prop->value)
		ret = of_add_property(np, prop);
	if (ret)
		free_property(prop);
	return ret;
}

static int add_address(struct device_node *np, const u8 *address, const char *from)
{
	int ret;

	ret = add_property(np, "mac-address", address, ETH_ALEN);
	return ret ?: add_property(np, "dtslot,mac-address-from", from, strlen(from) + 1);
}

static bool has_address(const struct device_node *np)
{
	return of_property_present(np, "mac-address") ||
	       of_property_present(np, "local-mac-address");
}

/* Returns where @address comes from, NULL if there is none. */
static const char *find_address(struct pci_dev *pdev, const struct dtslot_pci_soc *soc,
				const struct seed *seed, const char *made_of, u8 *address)
{
	/* The maker programs one for a card. */
	if (!seed->number && soc->otp && !dtslot_pci_otp_address(pdev, soc->otp, address))
		return "OTP";
	if (made_of)
		make_address(seed, address);
	return made_of;
}

/**
 * dtslot_pci_mac_add() - give the switches of a card their addresses
 * @pdev: the function, enabled
 * @function: its node, with the nodes of the overlay below it
 * @soc: says which nodes want "mac-address"; NULL if none do
 * @text: receives the message on failure
 *
 * A node with an address keeps it. Without anything to make one from, nothing is added.
 *
 * Return: 0, or an error.
 */
int dtslot_pci_mac_add(struct pci_dev *pdev, struct device_node *function,
		       const struct dtslot_pci_soc *soc, struct dtslot_text *text)
{
	struct seed seed = {};
	struct device_node *np = NULL;
	const char *made_of, *from;
	u8 address[ETH_ALEN];
	int ret;

	if (!soc || !soc->mac)
		return 0;
	made_of = find_seed(pdev, &seed);
	while ((np = dtslot_pci_next_node(function, np))) {
		if (!of_device_is_compatible(np, soc->mac))
			continue;
		from = has_address(np) ? NULL : find_address(pdev, soc, &seed, made_of, address);
		ret = from ? add_address(np, address, from) : 0;
		if (ret) {
			dtslot_fail(text, ret, "cannot give %pOF an address (error %d)", np, ret);
			of_node_put(np);
			return ret;
		}
		seed.number++;
	}
	return 0;
}
