/* SPDX-License-Identifier: GPL-2.0-only */
/* The overlay that is embedded in dtslot-connector.ko. */
#include <linux/linkage.h>

	.section .rodata
	.balign 8
	.globl dtslot_dtbo_id_begin, dtslot_dtbo_id_end
dtslot_dtbo_id_begin:
	.incbin "dts/connector-id.dtbo"
dtslot_dtbo_id_end:

	.section .note.GNU-stack, "", %progbits
