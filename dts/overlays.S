/* SPDX-License-Identifier: GPL-2.0-only */
/* The overlays that are embedded in dtslot-pci.ko. */
#include <linux/linkage.h>

	.section .rodata
	.balign 8
	.globl dtslot_dtbo_lan966x_begin, dtslot_dtbo_lan966x_end
dtslot_dtbo_lan966x_begin:
	.incbin "dts/lan966x.dtbo"
dtslot_dtbo_lan966x_end:

	.section .note.GNU-stack, "", %progbits
