/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which properties refer to nodes, and how the kernel reads them: the one table of
 * bindings, and the one reader of it.
 *
 * Confinement asks for every reference, the order of devices for suppliers only.
 * Pure code, like blob.h: the node around a property is reached by callbacks, so that
 * a flat overlay and a live node are read by the same code.
 */
#ifndef DTSLOT_BINDINGS_H
#define DTSLOT_BINDINGS_H

#include "blob.h"

/* How the cells of a property are read. */
enum dtslot_reading {
	DTSLOT_READ_LIST,	/* references, each with its arguments */
	DTSLOT_READ_FIRST,	/* a reference in the first cell, then anything */
	DTSLOT_READ_RANGES,	/* gpio-ranges: one argument more than lines have cells */
	DTSLOT_READ_NEXUS,	/* a specifier of this node, then a reference with its own */
	DTSLOT_READ_MAP,	/* an ID, a reference with what the ID is there, a length */
	DTSLOT_READ_NUMBERS,	/* looks like a binding below it, and is none */
};

/**
 * struct dtslot_binding - a property that refers to nodes
 * @name: its name; a leading "*" makes a suffix, a trailing "#" stands for a digit and
 *	whatever follows it
 * @reading: how its cells are read
 * @supplier: no driver of the node can do without what is referred to
 * @strict: a provider without @cells ends the list; else it takes no arguments
 * @fixed: cells of a specifier of this node in a nexus, if the node has no say
 * @cells: property of a provider that says how many arguments follow; NULL for none
 * @unit: property that says how many cells of address precede these; NULL for none
 * @only: the binding is that of nodes with one of these compatibles; NULL for all
 * @except: it is not that of nodes with one of these; NULL for none
 * @with: it is that of nodes that have this property; NULL for all
 * @without: it is that of nodes that do not have this property; NULL for all
 *
 * Several may have one name: then each of them is a way in which some driver reads it.
 */
struct dtslot_binding {
	const char *name;
	enum dtslot_reading reading;
	bool supplier;
	bool strict;
	u8 fixed;
	const char *cells;
	const char *unit;
	const char * const *only;
	const char * const *except;
	const char *with;
	const char *without;
};

/**
 * struct dtslot_around - what surrounds a property
 * @own: whether its node has property @name; @value receives the first cell of that, 0
 *	if it is shorter
 * @is_compatible: whether the node's "compatible" has this very string
 * @provider: whether the node that is referred to in cell @cell has property @name;
 *	@value receives that property's cell; false without such a node, too
 * @reference: called for each cell that is read as a phandle and is not 0; a return
 *	value other than 0 ends the walk and becomes its result
 * @maps_of_four: iommu-map and msi-map have entries of four cells, as before 7.3
 */
struct dtslot_around {
	bool (*own)(void *priv, const char *name, u32 *value);
	bool (*is_compatible)(void *priv, const char *compatible);
	bool (*provider)(void *priv, u32 cell, const char *name, u32 *value);
	int (*reference)(void *priv, u32 cell);
	bool maps_of_four;
};

/**
 * struct dtslot_property - a property that is to be read
 * @node: name of its node; a unit address does not matter
 * @name: its name
 * @value: its value, of any alignment
 * @len: length of the value, bytes; what is beyond the last whole cell is not read
 * @around: how to look around it
 * @priv: handed to the callbacks
 */
struct dtslot_property {
	const char *node;
	const char *name;
	const void *value;
	u32 len;
	const struct dtslot_around *around;
	void *priv;
};

/**
 * dtslot_bindings_walk() - find the references in a property
 * @p: the property
 * @suppliers: only those to suppliers
 * @missing: set to the name of a property that the node must have and does not, if
 *	that is why the walk failed; NULL if the caller does not care
 *
 * Whatever node a driver can reach by this property is among the references, if the
 * driver follows a binding of the table. One cell may be reported more than once. A
 * list is read until it is cut off or says no more; the cell of each reference is
 * below @p->len / 4.
 *
 * Return: 0; what @reference returned; -EINVAL for a nexus whose node does not say how
 * many cells a specifier has.
 */
int dtslot_bindings_walk(const struct dtslot_property *p, bool suppliers, const char **missing);

/**
 * dtslot_bindings_check() - that the tables are sorted, as their lookup needs it
 *
 * For tests.
 *
 * Return: the first name that is out of order, or NULL.
 */
const char *dtslot_bindings_check(void);

#endif
