// SPDX-License-Identifier: GPL-2.0-or-later
/* The one table of drivers: who serves what the overlays describe, and what brings it. */
#include <string.h>

#include "dtslot.h"

/* What builds a driver that a kernel lacks. */
#define SOC	"dtslot-soc-dkms"	/* from the sources of that kernel */
#define OURS	"dtslot-dkms"
#define KERNEL	NULL			/* nothing but another kernel */

static const struct driver drivers[] = {
	/* What the card has. */
	{ "fixed-clock", "clk-fixed-rate", "COMMON_CLK", KERNEL, true },
	{ "simple-bus", "simple-pm-bus", "OF", KERNEL, true },
	{ "atmel,sama5d2-flexcom", "atmel-flexcom", "MFD_ATMEL_FLEXCOM", SOC, true },
	{ "microchip,sam9x60-i2c", "i2c-at91", "I2C_AT91", SOC, true },
	{ "microchip,lan966x-gck", "clk-lan966x", "COMMON_CLK_LAN966X", SOC, true },
	{ "microchip,lan966x-oic", "irq-lan966x-oic", "LAN966X_OIC", SOC, true },
	{ "microchip,lan966x-switch-reset", "reset-microchip-sparx5", "RESET_MCHP_SPARX5", SOC,
	  true },
	{ "microchip,lan966x-pinctrl", "pinctrl-ocelot", "PINCTRL_OCELOT", SOC, true },
	{ "microchip,sparx5-sgpio", "pinctrl-microchip-sgpio", "PINCTRL_MICROCHIP_SGPIO", SOC,
	  true },
	{ "microchip,lan966x-miim", "mdio-mscc-miim", "MDIO_MSCC_MIIM", SOC, true },
	{ "microchip,lan966x-serdes", "lan966x_serdes", "PHY_LAN966X_SERDES", SOC, true },
	{ "microchip,lan966x-switch", "lan966x-switch", "LAN966X_SWITCH", SOC, true },
	{ "microchip,lan9662-otpc", "nvmem_lan9662-otpc", "NVMEM_LAN9662_OTPC", SOC, true },
	{ "microchip,lan9668-hwmon", "lan966x-hwmon", "SENSORS_LAN966X", SOC, true },
	{ "i2c-mux-pinctrl", "i2c-mux-pinctrl", "I2C_MUX_PINCTRL", KERNEL, true },
	{ "sff,sfp", "sfp", "SFP", KERNEL, true },
	{ "gpio-leds", "leds-gpio", "LEDS_GPIO", KERNEL, true },
	/* What other overlays describe. */
	{ "dtslot,lan966x-gck", "dtslot-lan966x-gck", "COMMON_CLK", OURS },
	{ "atmel,at91rm9200-spi", "spi-atmel", "SPI_ATMEL", SOC },
	{ "atmel,at91sam9260-usart", "atmel_serial", "SERIAL_ATMEL", KERNEL },
	{ "dtslot,connector", "dtslot-connector", "OF_DYNAMIC", OURS },
	{ "dtslot,spi-gate", "dtslot-connector", "OF_DYNAMIC", OURS },
	{ "atmel,24c32", "at24", "EEPROM_AT24", KERNEL },
	{ "atmel,24c02", "at24", "EEPROM_AT24", KERNEL },
	{ "national,lm75", "lm75", "SENSORS_LM75", KERNEL },
	{ "ti,tmp102", "tmp102", "SENSORS_TMP102", KERNEL },
	{ "ti,tmp105", "lm75", "SENSORS_LM75", KERNEL },
	{ "nxp,pca9554", "gpio-pca953x", "GPIO_PCA953X", KERNEL },
	{ "nxp,pca9535", "gpio-pca953x", "GPIO_PCA953X", KERNEL },
	{ "nxp,pca9555", "gpio-pca953x", "GPIO_PCA953X", KERNEL },
	{ "jedec,spi-nor", "spi-nor", "MTD_SPI_NOR", KERNEL },
	{ "xlnx,xps-uartlite-1.00.a", "uartlite", "SERIAL_UARTLITE", KERNEL },
	{ "xlnx,xps-timer-1.00.a", "pwm-xilinx", "PWM_XILINX", KERNEL },
	{ "xlnx,xps-spi-2.00.a", "spi-xilinx", "SPI_XILINX", KERNEL },
	{ "xlnx,xps-ethernetlite-1.00.a", "xilinx_emaclite", "XILINX_EMACLITE", KERNEL },
	{ "pci-host-ecam-generic", "pci-host-generic", "PCI_HOST_GENERIC", KERNEL },
	/* The parent's driver serves it. */
	{ "microchip,sparx5-sgpio-bank", NULL, "PINCTRL_MICROCHIP_SGPIO", SOC },
	/* Mapped on demand by drivers that refer to it. */
	{ "syscon", NULL, "MFD_SYSCON", KERNEL },
};

#define DRIVERS ARRAY_SIZE(drivers)

/**
 * driver_at() - go through the table
 * @index: from 0 on
 *
 * Return: an entry; NULL behind the last.
 */
const struct driver *driver_at(size_t index)
{
	return index < DRIVERS ? &drivers[index] : NULL;
}

/**
 * driver_of() - look up who serves a node
 * @compatible: what the node is compatible with, most specific first
 *
 * Return: the entry of the first that the table knows; NULL if it knows none.
 */
const struct driver *driver_of(const struct names *compatible)
{
	size_t i, j;

	for (i = 0; i < compatible->count; i++)
		for (j = 0; j < DRIVERS; j++)
			if (!strcmp(compatible->name[i], drivers[j].compatible))
				return &drivers[j];
	return NULL;
}

/**
 * driver_is_needed() - whether the device of a node does nothing without a driver
 * @compatible: what the node is compatible with
 *
 * Return: false for what other drivers use without one.
 */
bool driver_is_needed(const struct names *compatible)
{
	const struct driver *driver = driver_of(compatible);

	return !driver || driver->module;
}
