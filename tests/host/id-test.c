// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ID decoders on a file: `id-test FORMAT FILE` prints what the ID says, or the
 * error and its message; as many bytes as the first ones tell to read must be enough
 * for that. Then every truncation and changed byte of it must be survived, and refused
 * with a message or read into a name for a file.
 * `id-test FORMAT FILE covered N` says that each change in the first N bytes must
 * be refused.
 */
#include "id.h"

static int try_id(const char *format, const u8 *data, size_t size, struct dtslot_id *id,
		  struct dtslot_text *text)
{
	u8 *copy = malloc(size ? size : 1);
	size_t length;
	int ret;

	if (!copy)
		exit(2);
	memcpy(copy, data, size);
	length = dtslot_id_length(format, copy, size);
	if (length < size || (length > size && length > dtslot_id_size(format))) {
		printf("%zu bytes say to read %zu\n", size, length);
		exit(1);
	}
	text->s[0] = '\0';
	ret = dtslot_id_decode(format, copy, size, id, text);
	if (ret && !text->s[0]) {
		printf("error %d without a message\n", ret);
		exit(1);
	}
	if (!ret && (!id->model[0] || id->model[0] == '.' || strchr(id->model, '/'))) {
		printf("model '%s' is no name for a file\n", id->model);
		exit(1);
	}
	if (!ret && (id->blob > size || id->blob_size > size - id->blob)) {
		printf("%u bytes at %u are not in the memory\n", id->blob_size, id->blob);
		exit(1);
	}
	free(copy);
	return ret;
}

int main(int argc, char **argv)
{
	size_t size, n, first, covered = argc > 4 ? strtoul(argv[4], NULL, 0) : 0;
	struct dtslot_text text;
	struct dtslot_id id;
	u8 data[8192];
	FILE *f = argc > 2 ? fopen(argv[2], "rb") : NULL;
	int ret, bit;

	if (!f)
		return 2;
	size = fread(data, 1, sizeof(data), f);
	fclose(f);
	ret = try_id(argv[1], data, size, &id, &text);
	if (ret)
		printf("%d: %s\n", ret, text.s);
	else if (id.overlay[0] || id.blob_size)
		printf("%s|%s|%s|%s|%u bytes at %u\n", id.model, id.revision, id.serial, id.overlay,
		       id.blob_size, id.blob);
	else
		printf("%s|%s|%s\n", id.model, id.revision, id.serial);
	/* what the connector reads at first */
	first = size < 128 ? size : 128;
	n = dtslot_id_length(argv[1], data, first);
	if (n < size && try_id(argv[1], data, n, &id, &text) != ret) {
		printf("%zu bytes are too few, which the first %zu say to read\n", n, first);
		return 1;
	}
	for (n = 0; n < size; n++) {
		try_id(argv[1], data, n, &id, &text);
		for (bit = 0; bit < 8; bit++) {
			data[n] ^= 1 << bit;
			if (!try_id(argv[1], data, size, &id, &text) && n < covered) {
				printf("bit %d of byte %zu changed and not noticed\n", bit, n);
				return 1;
			}
			data[n] ^= 1 << bit;
		}
	}
	return 0;
}
