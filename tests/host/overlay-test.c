// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks and resolves overlays: a line for each file, "ok" or the error and its message. */
#include "scope.h"

int main(int argc, char **argv)
{
	static u8 data[65536];
	int i, ret;

	for (i = 1; i < argc; i++) {
		struct dtslot_text text = { "" };
		struct dtslot_overlay o;
		FILE *f = fopen(argv[i], "rb");
		size_t size;

		if (!f)
			return 2;
		size = fread(data, 1, sizeof(data), f);
		fclose(f);
		ret = dtslot_overlay_open(&o, data, size, &scope, &text);
		if (ret) {
			printf("check: %s\n", text.s);
			continue;
		}
		ret = dtslot_overlay_resolve(&o, &scope, &text);
		printf(ret ? "resolve: %s\n" : "ok\n", text.s);
		dtslot_overlay_close(&o);
	}
	return 0;
}
