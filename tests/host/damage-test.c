// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Damaged overlays: every truncation and every changed byte of real overlays.
 *
 * For each damaged blob the reader must neither touch memory outside it (built
 * with sanitizers) nor accept what libfdt calls malformed. Prints KTAP.
 */
#include <libfdt.h>

#include "scope.h"

static u8 *read_file(const char *name, size_t *size)
{
	FILE *f = fopen(name, "rb");
	u8 *data;
	long n;

	if (!f || fseek(f, 0, SEEK_END) || (n = ftell(f)) < 0 || fseek(f, 0, SEEK_SET)) {
		perror(name);
		exit(2);
	}
	data = malloc(n);
	if (!data || fread(data, 1, n, f) != (size_t)n) {
		perror(name);
		exit(2);
	}
	fclose(f);
	*size = n;
	return data;
}

/* Open and resolve a private copy of exactly @size bytes. */
static int try_blob(const u8 *data, size_t size)
{
	u8 *copy = malloc(size ? size : 1);
	struct dtslot_text text = { "" };
	struct dtslot_overlay o;
	int ret;

	if (!copy)
		exit(2);
	memcpy(copy, data, size);
	ret = dtslot_overlay_open(&o, copy, size, &scope, &text);
	if (!ret) {
		if (fdt_check_full(copy, size)) {
			printf("# accepted what libfdt refuses: %s\n",
			       fdt_strerror(fdt_check_full(copy, size)));
			exit(1);
		}
		ret = dtslot_overlay_resolve(&o, &scope, &text);
	}
	if (ret && !text.s[0]) {
		printf("# error %d without a message\n", ret);
		exit(1);
	}
	dtslot_overlay_close(&o);
	free(copy);
	return ret;
}

int main(int argc, char **argv)
{
	int i;

	printf("KTAP version 1\n1..%d\n", argc - 1);
	for (i = 1; i < argc; i++) {
		size_t size, n;
		u8 *data = read_file(argv[i], &size);
		unsigned int changed = 0, accepted = 0, cut = 0;
		static const u8 flips[] = { 0x01, 0x80, 0xff };
		size_t f;

		if (try_blob(data, size)) {
			printf("not ok %d %s: refused undamaged\n", i, argv[i]);
			return 1;
		}
		for (n = 0; n < size; n++, cut++) {
			if (!try_blob(data, n)) {
				printf("not ok %d %s: accepted %zu of %zu bytes\n", i, argv[i],
				       n, size);
				return 1;
			}
		}
		for (n = 0; n < size; n++) {
			for (f = 0; f < sizeof(flips); f++, changed++) {
				data[n] ^= flips[f];
				accepted += !try_blob(data, size);
				data[n] ^= flips[f];
			}
		}
		printf("ok %d %s: %u truncations, %u changed bytes (%u of them harmless)\n",
		       i, argv[i], cut, changed, accepted);
		free(data);
	}
	return 0;
}
