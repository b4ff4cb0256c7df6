/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * default_type - Postfix's default_database_type
 *
 * For tables that are named without a type, and for those of a type that this
 * system's postmap(1) no longer makes.
 */
#ifndef POLICY_TABLE_DEFAULT_TYPE_H
#define POLICY_TABLE_DEFAULT_TYPE_H

/* default_type - what postconf(1) says, run once in the life of the process
 * and only when needed; "hash" when there is no postconf. */
const char *default_type(void);

#endif
