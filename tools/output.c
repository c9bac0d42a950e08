// SPDX-License-Identifier: GPL-2.0-or-later
/* JSON on standard output. Brackets are the caller's; commas and indents are set here. */
#include <stdio.h>

#include "dtslot.h"

#define DEPTH_MOST	16

static int depth;
static bool begun[DEPTH_MOST];	/* at this level something was printed */
static bool one_line;

/**
 * json_lines() - from now on, each document is one line
 */
void json_lines(void)
{
	one_line = true;
}

static void new_line(void)
{
	if (!one_line)
		printf("\n%*s", 2 * depth, "");
}

/* A string with its quotes; what is not ASCII is taken for Latin-1. */
static void print_string(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		unsigned char c = *text;

		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < ' ' || c > '~')
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}

static void begin(const char *name)
{
	if (begun[depth])
		fputs(one_line ? ", " : ",", stdout);
	begun[depth] = true;
	if (depth)
		new_line();
	if (name) {
		print_string(name);
		fputs(": ", stdout);
	}
}

/**
 * json_open() - begin an object or a list
 * @name: its name in the object around it; NULL in a list and for the outermost
 * @bracket: '{' or '['
 */
void json_open(const char *name, char bracket)
{
	begin(name);
	putchar(bracket);
	begun[++depth] = false;
}

/**
 * json_close() - end an object or a list
 * @bracket: '}' or ']'
 */
void json_close(char bracket)
{
	bool any = begun[depth--];

	if (any)
		new_line();
	putchar(bracket);
}

/**
 * json_text() - print a string
 * @name: its name; NULL in a list
 * @value: the string; NULL is null
 */
void json_text(const char *name, const char *value)
{
	begin(name);
	if (value)
		print_string(value);
	else
		fputs("null", stdout);
}

/**
 * json_number() - print a number
 * @name: its name; NULL in a list
 * @value: the number
 */
void json_number(const char *name, long long value)
{
	begin(name);
	printf("%lld", value);
}

/**
 * json_bool() - print true or false
 * @name: its name; NULL in a list
 * @value: which
 */
void json_bool(const char *name, bool value)
{
	begin(name);
	fputs(value ? "true" : "false", stdout);
}

/**
 * json_end() - end a whole document with a newline; another one may follow
 */
void json_end(void)
{
	putchar('\n');
	begun[0] = false;
}
