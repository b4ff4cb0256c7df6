/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etcd_login - user and password for etcd, from a file of two lines
 *
 *	struct etcd_login login = ETCD_LOGIN;
 *
 *	if (etcd_login_load("/etc/tdc/etcd", &login, &err) == -1)
 *		... FILE:LINE, and no word of what stands there ...
 *	etcd_login_drop(&login);
 *
 *	user = tdc
 *	password = ...
 *
 * Empty lines and those that begin with # are passed over.
 */
#ifndef REMEDIATE_LEASE_ETCD_LOGIN_H
#define REMEDIATE_LEASE_ETCD_LOGIN_H

#include "base/err.h"
#include "base/secret_file.h"

struct etcd_login {
	struct secret_file file;		/* holds the texts */
	const char	*user, *password;	/* NULL: none */
};
#define ETCD_LOGIN { .file = SECRET_FILE }

int	 etcd_login_load(const char *path, struct etcd_login *out,
	    struct err *);
void	 etcd_login_drop(struct etcd_login *);	/* as after ETCD_LOGIN */

#endif
