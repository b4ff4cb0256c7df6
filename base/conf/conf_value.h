/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conf_value - one value: its $names, its type
 *
 * The two halves of reading a value, without files: conf_expand() inserts the
 * values of other parameters; conf_value_parse() turns the text into the field
 * of struct conf.
 */
#ifndef BASE_CONF_VALUE_H
#define BASE_CONF_VALUE_H

#include "base/buf.h"
#include "base/conf/conf_options.h"
#include "base/err.h"

/* Gives the raw value of a parameter, NULL when there is none of that name. */
typedef const char *conf_lookup(void *arg, const char *name, size_t length);

/* conf_no_parameter - that there is none of this name, and which one may be
 * meant; referred: it stands after a '$'.  -1. */
int	conf_no_parameter(const char *name, size_t length, bool referred,
	    struct err *);

/* conf_expand - append raw with every $name replaced, up to ten deep, to 1000
 * of them and to 1 MB: a few lines could ask for more than there is. */
int	conf_expand(const char *raw, conf_lookup *, void *arg, struct buf *out,
	    struct err *);

/* conf_value_parse - text, which must outlive the field, into the field of
 * that option; errors do not name the parameter. */
int	conf_value_parse(const struct conf_option *, const char *text,
	    void *field, struct err *);

/* conf_value_same - do two fields of that option hold the same? */
bool	conf_value_same(const struct conf_option *, const void *,
	    const void *);

#endif
