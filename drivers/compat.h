/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between the kernels that are supported (6.12 to 7.3), by feature. */
#ifndef DTSLOT_COMPAT_H
#define DTSLOT_COMPAT_H

#include <linux/slab.h>

/* kzalloc() of one object by its type, with GFP_KERNEL: 7.0 and later have it. */
#ifndef kzalloc_obj
#define kzalloc_obj(object)	kzalloc(sizeof(object), GFP_KERNEL)
#endif

#endif
