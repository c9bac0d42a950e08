// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory that is there or ends the program: the tool is short-lived and has nothing to undo. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dtslot.h"

static void *check(void *memory)
{
	if (!memory)
		exit(fail(STATUS_FINDING, "memory: none is left; end other programs"));
	return memory;
}

/**
 * allocate() - get zeroed memory
 * @size: bytes
 *
 * Return: the memory, to be freed.
 */
void *allocate(size_t size)
{
	return check(calloc(1, size ? size : 1));
}

/**
 * grow() - make room for one more element
 * @array: the array, NULL at first
 * @count: elements it has
 * @size: bytes of an element
 *
 * Return: the array, perhaps elsewhere; the new element is not initialised.
 */
void *grow(void *array, size_t count, size_t size)
{
	/* Room comes in powers of two. */
	if (count & (count - 1))
		return array;
	return check(reallocarray(array, count ? 2 * count : 1, size));
}

/**
 * copy_text() - copy a string
 * @text: the string
 *
 * Return: the copy, to be freed.
 */
char *copy_text(const char *text)
{
	return check(strdup(text));
}

/**
 * format_list() - vprintf into new memory
 * @fmt: as printf takes it
 * @arguments: what belongs to it
 *
 * Return: the text, to be freed.
 */
char *format_list(const char *fmt, va_list arguments)
{
	char *text;
	int n = vasprintf(&text, fmt, arguments);

	return check(n < 0 ? NULL : text);
}

/**
 * format() - printf into new memory
 * @fmt: as printf takes it
 *
 * Return: the text, to be freed.
 */
char *format(const char *fmt, ...)
{
	va_list arguments;
	char *text;

	va_start(arguments, fmt);
	text = format_list(fmt, arguments);
	va_end(arguments);
	return text;
}
