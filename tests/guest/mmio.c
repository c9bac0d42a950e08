// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mmio FILE OFFSET [VALUE]: reads or writes a register of a PCI function, by its file
 * resourceN in sysfs.
 */
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	volatile uint32_t *page;
	unsigned long offset, size = sysconf(_SC_PAGESIZE);
	int fd;

	if (argc != 3 && argc != 4)
		errx(2, "usage: mmio FILE OFFSET [VALUE]");
	offset = strtoul(argv[2], NULL, 0);
	fd = open(argv[1], O_RDWR);
	if (fd < 0)
		err(1, "%s", argv[1]);
	page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset & -size);
	if (page == MAP_FAILED)
		err(1, "%s at 0x%lx", argv[1], offset);
	page += offset % size / sizeof(*page);
	if (argc == 4)
		*page = strtoul(argv[3], NULL, 0);
	else
		printf("0x%08x\n", *page);
	return 0;
}
