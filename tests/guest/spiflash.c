// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A SPI flash's other owner: erases a sector of it and fills a page, by spidev and
 * the commands of the chip.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/spi/spidev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define WRITE_ENABLE	0x06
#define READ_STATUS	0x05
#define PAGE_PROGRAM	0x02
#define SECTOR_ERASE	0xd8
#define BUSY		0x01
#define PAGE		256

static int fd;

static void send(unsigned char *tx, unsigned char *rx, unsigned int len)
{
	struct spi_ioc_transfer transfer = {
		.tx_buf = (unsigned long)tx,
		.rx_buf = (unsigned long)rx,
		.len = len,
	};

	if (ioctl(fd, SPI_IOC_MESSAGE(1), &transfer) < 0) {
		fprintf(stderr, "spiflash: %s\n", strerror(errno));
		exit(1);
	}
}

static void command(unsigned char code, unsigned int address, const unsigned char *data,
		    unsigned int len)
{
	unsigned char tx[4 + PAGE] = { code, address >> 16, address >> 8, address };
	unsigned char enable = WRITE_ENABLE, status[2];

	if (len)
		memcpy(tx + 4, data, len);
	send(&enable, NULL, 1);
	send(tx, NULL, 4 + len);
	do {
		unsigned char ask[2] = { READ_STATUS };

		send(ask, status, 2);
	} while (status[1] & BUSY);
}

int main(int argc, char **argv)
{
	unsigned char page[PAGE];
	unsigned int address;

	if (argc != 4) {
		fprintf(stderr, "usage: spiflash <device> <address> <byte>\n");
		return 2;
	}
	fd = open(argv[1], O_RDWR);
	if (fd < 0) {
		perror(argv[1]);
		return 1;
	}
	address = strtoul(argv[2], NULL, 0);
	memset(page, strtoul(argv[3], NULL, 0), sizeof(page));
	command(SECTOR_ERASE, address, NULL, 0);
	command(PAGE_PROGRAM, address, page, sizeof(page));
	return 0;
}
