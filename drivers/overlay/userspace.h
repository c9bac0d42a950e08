/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the pure parts of drivers/ use of the kernel, for programs in userspace: the
 * tests and fuzzers of tests/host, and tools.
 */
#ifndef DTSLOT_USERSPACE_H
#define DTSLOT_USERSPACE_H

#include <endian.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define U32_MAX		UINT32_MAX
#define __printf(a, b)	__attribute__((format(printf, a, b)))

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define ALIGN(x, a)	(((x) + (a) - 1) / (a) * (a))
#define max(a, b)	((a) > (b) ? (a) : (b))
#define container_of(p, type, member)	((type *)((char *)(p) - offsetof(type, member)))
#define min_t(t, a, b)	((t)(a) < (t)(b) ? (t)(a) : (t)(b))

#define GFP_KERNEL	0
#define kvmalloc(size, flags)			malloc(size)
#define kvmalloc_array(n, size, flags)		reallocarray(NULL, n, size)
#define kvcalloc(n, size, flags)		calloc(n, size)
#define kvrealloc(p, size, flags)		realloc(p, size)
#define kvfree(p)				free(p)
#define sort(base, n, size, compare, swap)	qsort(base, n, size, compare)

static inline u32 get_unaligned_be32(const void *p)
{
	u32 v;

	memcpy(&v, p, sizeof(v));
	return be32toh(v);
}

static inline void put_unaligned_be32(u32 v, void *p)
{
	v = htobe32(v);
	memcpy(p, &v, sizeof(v));
}

#endif
