// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * uiotimer DEVICE TICKS: drives a Xilinx timer by UIO. Ticks of 10 ms come as
 * interrupts; prints how many, and whether the counter went down between two looks.
 */
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define TCSR	0
#define TLR	1
#define TCR	2

#define COUNT_DOWN	(1 << 1)
#define RELOAD		(1 << 4)
#define INTERRUPT	(1 << 6)
#define ENABLE		(1 << 7)
#define PENDING		(1 << 8)
#define RUN		(COUNT_DOWN | RELOAD | INTERRUPT | ENABLE)

#define PERIOD	620000	/* of 62 MHz */

int main(int argc, char **argv)
{
	int32_t count, on = 1;
	uint32_t first, second;
	volatile uint32_t *regs;
	int i, fd, ticks = argc > 2 ? atoi(argv[2]) : 0;

	fd = ticks ? open(argv[1], O_RDWR) : -1;
	if (fd < 0)
		err(2, "%s", argc > 1 ? argv[1] : "usage: uiotimer DEVICE TICKS");
	regs = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (regs == MAP_FAILED)
		err(1, "mmap");
	regs[TLR] = PERIOD;
	regs[TCSR] = RUN;
	first = regs[TCR];
	do
		second = regs[TCR];
	while (second == first);
	for (i = 0; i < ticks; i++) {
		if (read(fd, &count, sizeof(count)) != sizeof(count))
			err(1, "read");
		if (!(regs[TCSR] & PENDING))
			errx(1, "tick %d: no interrupt is pending", i);
		regs[TCSR] = RUN | PENDING;
		if (write(fd, &on, sizeof(on)) != sizeof(on))
			err(1, "write");
	}
	regs[TCSR] = PENDING;
	printf("%d ticks, counter from %s to %s\n", i, first <= PERIOD ? "below" : "above",
	       second < first ? "less" : "more");
	return 0;
}
