/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For tests and fuzzers: a fuzzer keeps the input of what aborts. */
#ifndef DTSLOT_TEST_EXPECT_H
#define DTSLOT_TEST_EXPECT_H

#include <stdio.h>
#include <stdlib.h>

#define EXPECT(x)								\
	do {									\
		if (!(x)) {							\
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #x);	\
			abort();						\
		}								\
	} while (0)

#endif
