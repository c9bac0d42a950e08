// SPDX-License-Identifier: GPL-2.0-only
/*
 * The address that the maker of a board has programmed into a SoC's OTP.
 *
 * The upper half of the OTP holds records of 64 bits, the lowest byte first: 48 bits of
 * value, 12 of tag, one that says that the next record continues this one, and 3 with the
 * number of bytes in the value. A number of 0 is a record that has not been written, and
 * the first such one ends them; 7 is a record that was made void. The value of tag 4 is
 * an Ethernet address, its last byte first. Source: Microchip's program "otp" and their
 * U-Boot; of the registers, mainline lan9662-otpc.c.
 *
 * Read here and not from the nvmem device, as a switch must have its address when its
 * driver probes, whether there is a driver for the OTP or not.
 */
#include <linux/bitfield.h>
#include <linux/etherdevice.h>
#include <linux/io.h>
#include <linux/iopoll.h>

#include "pci.h"

#define PWR_DN		0x00
#define  PWRDN_N	BIT(0)
#define ADDR_HI		0x04
#define ADDR_LO		0x08
#define RD_DATA		0x18
#define FUNC_CMD	0x20
#define  FUNC_READ	BIT(0)
#define CMD_GO		0x28
#define  GO		BIT(0)
#define PASS_FAIL	0x2c
#define  READ_PROHIBITED BIT(3)
#define STATUS		0x30
#define  CPUMPEN	BIT(1)
#define  BUSY		BIT(0)
#define REGISTERS	0x34

#define RECORDS		0x1000	/* where they begin */
#define RECORDS_END	0x2000
#define RECORD_SIZE	8
#define VALUE_BYTES	6	/* in front of what says what they are */
#define TAG		GENMASK_ULL(59, 48)
#define CONTINUED	BIT_ULL(60)
#define VALUE_SIZE	GENMASK_ULL(63, 61)
#define TAG_ADDRESS	4

/* A command takes some microseconds; a card that is gone reads all ones. */
#define TIMEOUT		(10 * USEC_PER_MSEC)

static int wait_clear(void __iomem *reg, u32 bit)
{
	u32 val;

	return readl_poll_timeout(reg, val, !(val & bit), 1, TIMEOUT);
}

static int read_byte(void __iomem *regs, unsigned int at, u8 *byte)
{
	int ret;

	writel(at >> 8, regs + ADDR_HI);
	writel(at & 0xff, regs + ADDR_LO);
	writel(FUNC_READ, regs + FUNC_CMD);
	writel(GO, regs + CMD_GO);
	ret = wait_clear(regs + CMD_GO, GO) ?: wait_clear(regs + STATUS, BUSY);
	if (ret)
		return ret;
	if (readl(regs + PASS_FAIL) & READ_PROHIBITED)
		return -EACCES;
	*byte = readl(regs + RD_DATA);
	return 0;
}

/* Add the bytes of the record at @at to @record, from the byte @i to before @end. */
static int read_record(void __iomem *regs, unsigned int at, unsigned int i, unsigned int end,
		       u64 *record)
{
	u8 byte;
	int ret;

	for (; i < end; i++) {
		ret = read_byte(regs, at + i, &byte);
		if (ret)
			return ret;
		*record |= (u64)byte << (8 * i);
	}
	return 0;
}

static int find_address(void __iomem *regs, u8 *address)
{
	unsigned int at;
	u64 record;
	int ret;

	for (at = RECORDS; at < RECORDS_END; at += RECORD_SIZE) {
		record = 0;
		ret = read_record(regs, at, VALUE_BYTES, RECORD_SIZE, &record);
		if (ret)
			return ret;
		if (!FIELD_GET(VALUE_SIZE, record))
			break;
		if (FIELD_GET(TAG, record) != TAG_ADDRESS || record & CONTINUED ||
		    FIELD_GET(VALUE_SIZE, record) != ETH_ALEN)
			continue;
		ret = read_record(regs, at, 0, VALUE_BYTES, &record);
		if (ret)
			return ret;
		u64_to_ether_addr(record, address);
		return is_valid_ether_addr(address) ? 0 : -EINVAL;
	}
	return -ENOENT;
}

/**
 * dtslot_pci_otp_address() - the Ethernet address that a card's maker has programmed
 * @pdev: the function, enabled; no driver is bound to the SoC's OTP
 * @otp: where the OTP is
 * @address: receives the address, ETH_ALEN bytes
 *
 * May sleep. Says in the log why an OTP could not be read, or what is in it is no address.
 *
 * Return: 0, or an error: -ENOENT if none is programmed.
 */
int dtslot_pci_otp_address(struct pci_dev *pdev, const struct dtslot_pci_otp *otp, u8 *address)
{
	void __iomem *regs;
	int ret;

	regs = pci_iomap_range(pdev, otp->bar, otp->registers, REGISTERS);
	if (!regs)
		return -ENOMEM;
	writel(readl(regs + PWR_DN) & ~PWRDN_N, regs + PWR_DN);
	ret = wait_clear(regs + STATUS, CPUMPEN) ?: find_address(regs, address);
	writel(readl(regs + PWR_DN) | PWRDN_N, regs + PWR_DN);
	pci_iounmap(pdev, regs);
	if (ret == -EINVAL)
		pci_warn(pdev, "the OTP has %pM for the address of the ports, which is none\n",
			 address);
	else if (ret && ret != -ENOENT)
		pci_warn(pdev, "cannot read the address of the ports from the OTP (error %d)\n",
			 ret);
	return ret;
}
