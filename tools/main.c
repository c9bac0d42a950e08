// SPDX-License-Identifier: GPL-2.0-or-later
/* dtslot - what is in the slots, whether this host can have any, and what overlays and IDs say. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dtslot.h"

static const struct command commands[] = {
	{ "list", cmd_list, "[--json]", "show the slots, a line for each" },
	{ "attach", cmd_attach, "SLOT", "bring in what is plugged into a slot" },
	{ "detach", cmd_detach, "SLOT", "take off what a slot brought" },
	{ "reprogram", cmd_reprogram, "SLOT -- COMMAND [ARGUMENT]...",
	  "empty a slot, have a program change its card, and fill it again" },
	{ "wait", cmd_wait, "[--timeout SECONDS] SLOT",
	  "wait until a slot is attached and its devices have come" },
	{ "tree", cmd_tree, "[--json] [SLOT]",
	  "show what slots brought, and why what is missing is" },
	{ "check", cmd_check,
	  "[--json] [--slot SLOT | --base TREE [--target NODE]] [--export LABEL[=NODE][,#NAME-cells=N]...]... [--source FILE] {OVERLAY | --card ADDRESS}",
	  "say what a slot would refuse of an overlay" },
	{ "id", cmd_id,
	  "[--json] [--format FORMAT] [--force] show FILE | make FIELD=TEXT... | write FILE {IMAGE | FIELD=TEXT...}",
	  "show, make and write IDs of add-ons" },
	{ "doctor", cmd_doctor, "[--json] [--quiet] [--kernel RELEASE] [--overlay FILE]",
	  "say whether this host can have slots, and what is wrong with them" },
	{ "watch", cmd_watch, "[--json]", "print what changes" },
};

#define COMMANDS ARRAY_SIZE(commands)

/**
 * fail() - say on standard error what is wrong
 * @status: the status to return
 * @fmt: "what: why; how to mend", printf style, no newline
 *
 * Return: @status, so that a caller can write ``return fail(...)``.
 */
int fail(int status, const char *fmt, ...)
{
	va_list arguments;

	fflush(stdout);
	fputs("dtslot: ", stderr);
	va_start(arguments, fmt);
	vfprintf(stderr, fmt, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	return status;
}

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

/**
 * usage() - say how a command is called
 * @name: the command
 *
 * Return: STATUS_USAGE.
 */
int usage(const char *name)
{
	const struct command *command = find_command(name);

	fprintf(stderr, "usage: dtslot %s%s%s\n", name, *command->arguments ? " " : "",
		command->arguments);
	return STATUS_USAGE;
}

/**
 * take_options() - read the options of a command
 * @argc: number of arguments, the command's name included
 * @argv: the arguments; optind is that of the first that is no option
 * @options: the command's own options, ended by one without a name; may be NULL. Their
 *	vals are letters that will do, too
 * @json: set if --json is given; NULL for a command that has no such option
 * @take: called for each of @options with its val; false for an argument that is wrong
 * @priv: handed to @take
 *
 * Return: true; or false after the usage was printed.
 */
bool take_options(int argc, char **argv, const struct option *options, bool *json,
		  bool (*take)(int option, void *priv), void *priv)
{
	static const struct option json_option = { "json", no_argument, NULL, 'J' };
	struct option all[16] = { { 0 } };
	char letters[32] = "", *letter = letters;
	size_t n;
	int c;

	/* Each has its letter, too. */
	for (n = 0; options && options[n].name; n++) {
		all[n] = options[n];
		*letter++ = options[n].val;
		if (options[n].has_arg)
			*letter++ = ':';
	}
	if (json)
		all[n] = json_option;
	optind = 1;
	opterr = 0;
	while ((c = getopt_long(argc, argv, letters, all, NULL)) >= 0) {
		if (c == 'J') {
			*json = true;
		} else if (c == '?' || !take(c, priv)) {
			usage(argv[0]);
			return false;
		}
	}
	return true;
}

static void print_help(FILE *to)
{
	size_t i;

	fputs("usage: dtslot [--root DIRECTORY] COMMAND [ARGUMENT]...\n\n", to);
	for (i = 0; i < COMMANDS; i++)
		fprintf(to, "  %-9s %s\n", commands[i].name, commands[i].help);
	fputs("\nExit status: 0 all is well, 1 something is not, 2 wrong usage, 3 not permitted.\n"
	      "dtslot(8) tells more.\n", to);
}

int main(int argc, char **argv)
{
	const struct command *command;
	const char *root = getenv("DTSLOT_ROOT");
	int status;

	if (argc > 2 && !strcmp(argv[1], "--root")) {
		root = argv[2];
		argc -= 2;
		argv += 2;
	}
	if (root)
		files_set_root(root);
	if (argc < 2) {
		print_help(stderr);
		return STATUS_USAGE;
	}
	if (!strcmp(argv[1], "help") || !strcmp(argv[1], "--help")) {
		print_help(stdout);
		return STATUS_FINE;
	}
	command = find_command(argv[1]);
	if (!command)
		return fail(STATUS_USAGE, "%s: no such command; dtslot help lists them", argv[1]);
	status = command->run(argc - 1, argv + 1);
	if (fflush(stdout) || ferror(stdout))
		return fail(STATUS_FINDING, "standard output: cannot be written; make room for it");
	return status;
}
