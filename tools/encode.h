/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Images of ID memories, made from text. */
#ifndef DTSLOT_TOOL_ENCODE_H
#define DTSLOT_TOOL_ENCODE_H

#include "dtslot.h"

#define FIELDS_MOST	12

/**
 * struct field - a part of an ID that a person can set
 * @name: what it is called
 * @room: characters it may have
 * @preset: what it is if it is not set; NULL if it must be
 */
struct field {
	const char *name;
	size_t room;
	const char *preset;
};

/**
 * struct encoder - what makes the IDs of one format
 * @name: of the format, as drivers/connector/id.c knows it
 * @fields: what can be set, ended by one without a name
 * @encode: makes the image from the fields' texts, in their order; false after a message
 */
struct encoder {
	const char *name;
	struct field fields[FIELDS_MOST];
	bool (*encode)(const char **texts, struct bytes *image);
};

const struct encoder *encoder_at(size_t index);
const struct encoder *encoder_named(const char *name);
int encoder_run(const struct encoder *encoder, char **fields, int count, struct bytes *image);
void encoder_help(void);

#endif
