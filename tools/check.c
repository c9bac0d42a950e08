// SPDX-License-Identifier: GPL-2.0-or-later
/* check: what a slot would refuse of an overlay, said by the modules' own code. */
#include <errno.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dtslot.h"
#include "base.h"

#define SOURCE_MOST	(16U << 20)	/* bytes of an annotated source */
#define PLACES_MOST	8		/* nodes of one name that are told */

/**
 * struct options - how `check` was called
 * @base: the file with the tree, NULL for none
 * @target: path of the node that the slot is at, or of its connector
 * @slot: the slot, NULL for none
 * @source: what dtc -T made of the overlay's source
 * @exports: what -e said
 * @card: the overlay is that of a card, not of a file
 */
struct options {
	const char *base;
	const char *target;
	const char *slot;
	const char *source;
	struct names exports;
	bool card;
};

/**
 * struct verdict - what the checks say of an overlay
 * @step: the step of an attach that would fail; NULL if none would
 * @text: its message
 * @places: paths in the overlay that the message is about
 * @nodes: how many nodes it would add
 */
struct verdict {
	const char *step;
	struct dtslot_text text;
	struct names places;
	u32 nodes;
};

/*
 * What to write instead, by a part of the message that none below has. The messages are
 * those of drivers/overlay; docs/porting.md tells more of each.
 */
static const struct {
	const char *part;
	const char *hint;
} hints[] = {
	{ "property 'firmware-name' of an existing",
	  "load the bitstream first, and leave the property out" },
	{ "disables an existing node",
	  "leave the property out" },
	{ "of the overlay itself as its target",
	  "write what it adds into that node" },
	{ "is a fragment inside of another",
	  "move it right below / { }" },
	{ "with such a node the host describes",
	  "leave it out; aliases and chosen are the host's" },
	{ "and no phandle",
	  "compile it again, with dtc -H epapr" },
	{ "as early versions of dtc",
	  "compile it again, with dtc 1.4.4 or later" },
	{ "another one begins",
	  "put each overlay into a file of its own" },
	{ "one begins at byte",
	  "cut off what is before it, as tail -c does" },
	{ "bad name of a",
	  "take another name: letters, digits, , . _ + -, and one @ in a node's" },
	{ "not of one label",
	  "write target = <&label>, one label and nothing else" },
	{ "target-path is",
	  "write target-path = \"\" or name the node by a label: target = <&label>" },
	{ "its target is label",
	  "target what the slot exports; -e LABEL promises an export" },
	{ "its target is a bare phandle",
	  "write target = <&label>; compile it from source with /plugin/" },
	{ "has no target",
	  "write target-path = \"\"; for the slot itself" },
	{ "has both a target",
	  "leave one of them out" },
	{ "is the bare phandle",
	  "write <&label> there, and compile the source with /plugin/" },
	{ "is not exported here",
	  "describe the node in the overlay, or have the slot export it; -e LABEL promises that" },
	{ "sets property",
	  "move it into a node of the overlay's own; the host's nodes stay as they are" },
	{ "which exists already",
	  "take another name or unit address; two boards cannot have one node" },
	{ "with which the host describes itself",
	  "leave it out; aliases and chosen are the host's" },
	{ "by a label on __overlay__",
	  "use the label that the slot exports instead" },
	{ "two fragments add",
	  "put both into one fragment" },
	{ "not an overlay",
	  "begin the source with /dts-v1/; /plugin/;" },
	{ "not a flattened tree but a source",
	  "compile the source: dtc -I dts -O dtb -o x.dtbo x.dtso" },
	{ "not a flattened tree but",
	  "check what comes out of that" },
	{ "not a flattened tree",
	  "compile the source: dtc -I dts -O dtb -o x.dtbo x.dtso" },
	{ "truncated",
	  "copy or compile the file again" },
	{ "of the format, 17 is needed",
	  "compile it again, with dtc -V 17" },
	{ "memory reservations",
	  "leave /memreserve/ out" },
	{ "fragments, more than",
	  "put what has one target into one fragment" },
	{ "syscons and host bridges, more than",
	  "leave syscon out where no other driver reads the registers" },
	{ "properties, more than",
	  "leave out what nothing reads, or divide the node" },
	{ "strings, more than",
	  "leave out the compatibles that no driver has" },
	{ "of its device's event, more than",
	  "give the nodes on the way shorter names" },
	{ "cells in 'reg's, more than",
	  "leave out the ranges that no driver uses" },
	{ "is 0, and drivers divide by it",
	  "write another number there, or leave the property out" },
	{ " bytes, not 4",
	  "write one number in < > there" },
	{ "no memory for",
	  "end other programs" },
	{ "is not inside the",
	  "copy or compile the file again" },
	{ " at byte ",
	  "copy or compile the file again" },
	{ " named '",
	  "take another name for one of the two" },
	{ "two labels for its target",
	  "write target = <&label>, one label and nothing else" },
	{ "two nodes have phandle",
	  "compile it again, with dtc" },
	{ "bad phandle",
	  "compile it again, with dtc" },
	{ "is used at",
	  "compile it again; a reference takes a whole cell" },
	{ "_fixups__: ",
	  "compile it again, with dtc" },
	{ "which no node of the overlay has",
	  "compile it again, with dtc" },
	{ "it can be",
	  "write a number that the kernel can take" },
	{ "which is not added",
	  "leave the reference out, or wake the fragment: __overlay__ instead of __dormant__" },
	{ "is in no fragment",
	  "move it into a fragment with target-path = \"\"" },
	{ "lead in a circle of interrupt-parent",
	  "have the last interrupt-parent name a controller" },
	{ "lead in a circle, which",
	  "have the first of them need none of the others" },
	{ "in a row, each of which needs the next",
	  "have the later ones need one of the first" },
	{ "has #interrupt-cells = <0>",
	  "name another interrupt-parent" },
	{ "a specifier of the node has",
	  "write a mask as long as the specifier" },
	{ " and no ",
	  "add the property to the node" },
};

static const char *find_hint(const char *message)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hints); i++)
		if (strstr(message, hints[i].part))
			return hints[i].hint;
	return "docs/porting.md tells what to write instead";
}

static void add_place(struct names *places, const void *fdt, int node)
{
	char path[1024];

	/* The lists of references that dtc makes mirror the tree. */
	if (places->count < PLACES_MOST && !fdt_get_path(fdt, node, path, sizeof(path)) &&
	    strncmp(path, "/__", 3))
		names_add(places, path);
}

/* The fragment or the nodes that a message names: "fragment@1 ...", "... of node 'x' ...". */
static void find_places(struct verdict *v, const struct bytes *blob)
{
	const char *message = v->text.s, *quote, *name;
	int node, depth = 0;
	size_t n;

	if (blob->size < FDT_V1_SIZE || fdt_check_full(blob->data, blob->size))
		return;
	if (!strncmp(message, "fragment@", 9)) {
		node = fdt_subnode_offset_namelen(blob->data, 0, message, strcspn(message, " :"));
		if (node >= 0)
			add_place(&v->places, blob->data, node);
		return;
	}
	/* "... in /fragment@0/__overlay__/x is ..." */
	quote = strstr(message, " /fragment");
	if (quote) {
		n = strcspn(++quote, " :)");
		node = fdt_path_offset_namelen(blob->data, quote, n);
		if (node >= 0)
			add_place(&v->places, blob->data, node);
		return;
	}
	quote = strstr(message, "node '");
	if (!quote)
		return;
	quote += strlen("node '");
	n = strcspn(quote, "'");
	for (node = fdt_next_node(blob->data, -1, &depth); node >= 0;
	     node = fdt_next_node(blob->data, node, &depth)) {
		name = fdt_get_name(blob->data, node, NULL);
		if (name && strlen(name) == n && !memcmp(name, quote, n))
			add_place(&v->places, blob->data, node);
	}
}

static u32 count_nodes(const struct dtslot_overlay *o)
{
	u32 i, nodes = 0;

	for (i = 0; i < o->fragment_count; i++)
		nodes += o->fragments[i].end - o->fragments[i].node - 1;
	return nodes;
}

static void judge(struct verdict *v, const struct bytes *blob, const struct dtslot_scope *scope)
{
	struct dtslot_overlay o;

	*v = (struct verdict){ .step = "check" };
	if (!dtslot_overlay_open(&o, blob->data, blob->size, scope, &v->text)) {
		v->step = "resolve";
		v->nodes = count_nodes(&o);
		if (!dtslot_overlay_resolve(&o, scope, &v->text))
			v->step = NULL;
		dtslot_overlay_close(&o);
	}
	make_printable(v->text.s);
	if (v->step)
		find_places(v, blob);
}

/**
 * check_overlay() - judge an overlay for a doctor's line
 * @blob: the overlay
 * @base: what it is to fit into
 *
 * Return: what is wrong with it, to be freed; NULL if nothing is.
 */
char *check_overlay(const struct bytes *blob, struct base *base)
{
	struct dtslot_scope scope;
	struct verdict v;

	base_scope(base, &scope);
	judge(&v, blob, &scope);
	names_free(&v.places);
	return v.step ? format("%s: %s", v.step, v.text.s) : NULL;
}

/* "label: name { comment" without label and comment; where the comment begins. */
static char *split_line(char *line, char **comment)
{
	char *colon, *space;

	line += strspn(line, "\t ");
	*comment = strstr(line, "/* ");
	while ((colon = strchr(line, ':')) && (space = strchr(line, ' ')) && colon + 1 == space)
		line = space + 1;
	return line;
}

/**
 * struct cursor - where the reader of a source stands
 * @path: path of the node
 * @length: of each node above, in @path
 * @depth: how deep it is
 */
struct cursor {
	char path[1024];
	size_t length[64];
	size_t depth;
};

/* Enter a node; false for one that no kernel would take. */
static bool enter(struct cursor *c, const char *name)
{
	size_t n = strlen(c->path), m = strcspn(name, " {");

	if (c->depth == 64 || n + m + 2 > sizeof(c->path))
		return false;
	c->length[c->depth++] = n;
	if (c->depth > 1)
		snprintf(c->path + n, sizeof(c->path) - n, "/%.*s", (int)m, name);
	return true;
}

/* "x.dtso:12" of the node at that path, from what dtc -T wrote. NULL if it does not say. */
static char *find_line(const char *source, const char *path)
{
	struct cursor c = { .path = "" };
	struct bytes bytes;
	char *line, *save, *comment, *text, *found = NULL;

	if (file_read(source, SOURCE_MOST, &bytes))
		return NULL;
	for (line = strtok_r((char *)bytes.data, "\n", &save); line && !found;
	     line = strtok_r(NULL, "\n", &save)) {
		text = split_line(line, &comment);
		if (*text == '}') {
			if (!c.depth)
				break;
			c.path[c.length[--c.depth]] = '\0';
		} else if (strstr(text, "{") && !strchr(text, '=')) {
			if (!enter(&c, text))
				break;
			if (comment && !strcmp(c.path, path))
				found = format("%.*s", (int)strcspn(comment + 3, " "), comment + 3);
		}
	}
	free(bytes.data);
	if (found)
		make_printable(found);
	return found;
}

static void print_place(const char *path, const char *source, bool json)
{
	char *line = source ? find_line(source, path) : NULL;

	if (json) {
		json_open(NULL, '{');
		json_text("node", path);
		json_text("source", line);
		json_close('}');
	} else {
		printf("  at %s%s%s\n", path, line ? ", " : "", line ? line : "");
	}
	free(line);
}

static void print_verdict(const struct verdict *v, const char *file, const char *source, bool json)
{
	const char *hint = v->step ? find_hint(v->text.s) : NULL;
	size_t i;

	if (json) {
		json_open(NULL, '{');
		json_text("overlay", file);
		json_bool("fits", !v->step);
		json_number("nodes", v->nodes);
		json_text("step", v->step);
		json_text("error", v->step ? v->text.s : NULL);
		json_text("fix", hint);
		json_open("places", '[');
	} else if (!v->step) {
		printf("%s: fits, adds %u nodes\n", file, v->nodes);
	} else {
		printf("%s: %s: %s\n", file, v->step, v->text.s);
	}
	for (i = 0; i < v->places.count; i++)
		print_place(v->places.name[i], source, json);
	if (json) {
		json_close(']');
		json_close('}');
		json_end();
	} else if (hint) {
		printf("  %s\n", hint);
	}
}

/* What root wrote for a slot of its own: a target, and a label and a path in each line. */
static int base_of_manual(struct base *base, const char *slot, const char *directory)
{
	char *target = file_line("%s/target", directory), *path = at_root("%s/exports", directory);
	char *line, *save, *space, *text;
	struct bytes bytes;
	int status = 0;

	base->target = target ? fdt_path_offset(base->fdt, target) : -1;
	if (base->target < 0)
		status = fail(STATUS_FINDING, "%s: has no target yet; write a path into %s/target",
			      slot, directory);
	if (!status && !file_read(path, 65536, &bytes)) {
		for (line = strtok_r((char *)bytes.data, "\n", &save); line && !status;
		     line = strtok_r(NULL, "\n", &save)) {
			space = strchr(line, ' ');
			if (!space)
				continue;
			text = format("%.*s=%s", (int)(space - line), line, space + 1);
			status = base_export(base, text);
			free(text);
		}
		free(bytes.data);
	}
	free(path);
	free(target);
	return status;
}

/* The place of a slot in the live tree; that of a PCI function is made at attach. */
static int base_of_slot(struct base *base, const char *name)
{
	const struct slot *slot;
	struct slots slots;
	char *directory;
	int status = 0;

	slots_load(&slots);
	slot = slots_find(&slots, name, &status);
	if (slot) {
		base->fdt = base_live();
		base->filled = !strcmp(slot->state, "attached");
		directory = format("/sys/kernel/config/dtslot/%s", slot->name +
				   (strncmp(slot->name, "manual:", 7) ? 0 : 7));
		if (base->fdt && file_exists("%s", directory))
			status = base_of_manual(base, slot->name, directory);
		else if (base->fdt && *slot->node)
			status = base_at_connector(base, slot->node, slot->name);
		free(directory);
	}
	slots_free(&slots);
	return status;
}

static int find_base(struct base *base, const struct options *options)
{
	int status = 0;
	size_t i;

	*base = (struct base){ .target = -1 };
	if (options->slot) {
		status = base_of_slot(base, options->slot);
	} else if (options->base) {
		base->fdt = base_file(options->base);
		status = base->fdt ? base_at_connector(base, options->target, options->base) :
			 STATUS_FINDING;
	}
	for (i = 0; i < options->exports.count && !status; i++)
		status = base_export(base, options->exports.name[i]);
	return status;
}

static int read_file(const char *file, struct bytes *blob)
{
	int err = file_read(file, DTSLOT_BLOB_MAX_SIZE, blob);

	if (!err)
		return STATUS_FINE;
	return fail(err == -EACCES ? STATUS_DENIED : STATUS_FINDING,
		    "%s: %s; name an overlay that dtc -O dtb made", file, strerror(-err));
}

static int check(const char *name, const struct options *options, bool json)
{
	struct dtslot_scope scope;
	struct verdict verdict;
	struct bytes blob;
	struct base base;
	int status;

	status = options->card ? card_overlay(name, &blob) : read_file(name, &blob);
	if (status)
		return status;
	status = find_base(&base, options);
	if (!status) {
		base_scope(&base, &scope);
		judge(&verdict, &blob, &scope);
		print_verdict(&verdict, name, options->source, json);
		status = verdict.step ? STATUS_FINDING : STATUS_FINE;
		names_free(&verdict.places);
	}
	base_free(&base);
	free(blob.data);
	return status;
}

static bool take_option(int option, void *priv)
{
	struct options *options = priv;

	switch (option) {
	case 'b':
		options->base = optarg;
		break;
	case 't':
		options->target = optarg;
		break;
	case 's':
		options->slot = optarg;
		break;
	case 'l':
		options->source = optarg;
		break;
	case 'c':
		options->card = true;
		break;
	default:
		names_add(&options->exports, optarg);
	}
	return true;
}

int cmd_check(int argc, char **argv)
{
	static const struct option choices[] = {
		{ "base", required_argument, NULL, 'b' },
		{ "target", required_argument, NULL, 't' },
		{ "slot", required_argument, NULL, 's' },
		{ "source", required_argument, NULL, 'l' },
		{ "export", required_argument, NULL, 'e' },
		{ "card", no_argument, NULL, 'c' },
		{ NULL, 0, NULL, 0 },
	};
	struct options options = { NULL };
	bool json = false;
	int status;

	if (!take_options(argc, argv, choices, &json, take_option, &options))
		status = STATUS_USAGE;
	else if (argc - optind != 1 || (options.slot && options.base) ||
		 (options.target && !options.base))
		status = usage(argv[0]);
	else
		status = check(argv[optind], &options, json);
	names_free(&options.exports);
	return status;
}
