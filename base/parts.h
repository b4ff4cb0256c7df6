/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * parts - what a build may have been made without
 *
 *	WITH_DB		libdb: tables of type hash and btree
 *	WITH_LMDB	liblmdb: lmdb
 *	WITH_CDB	libcdb: cdb
 *	WITH_PCRE	libpcre2: pcre
 *	WITH_MTA_STS	libcurl: MTA-STS policies of intake domains
 *	WITH_HISTORY	libsqlite3: what became of every copy
 *	WITH_REMEDIATION  libcurl, libxml2 and libsqlite3: tdc-remediator
 *	WITH_GSSAPI	libgssapi: its login by Negotiate at Exchange
 *	WITH_SECCOMP	libseccomp: the part of the sandbox about system calls
 *
 * 1 unless the Makefile says 0, as it does for "make WITH_DB=no" and where the
 * library is missing.  The sources of what is left out are not compiled.
 */
#ifndef BASE_PARTS_H
#define BASE_PARTS_H

#ifndef WITH_DB
#define WITH_DB 1
#endif
#ifndef WITH_LMDB
#define WITH_LMDB 1
#endif
#ifndef WITH_CDB
#define WITH_CDB 1
#endif
#ifndef WITH_PCRE
#define WITH_PCRE 1
#endif
#ifndef WITH_MTA_STS
#define WITH_MTA_STS 1
#endif
#ifndef WITH_HISTORY
#define WITH_HISTORY 1
#endif
#ifndef WITH_REMEDIATION
#define WITH_REMEDIATION 1
#endif
#ifndef WITH_GSSAPI
#define WITH_GSSAPI 1
#endif
#ifndef WITH_SECCOMP
#define WITH_SECCOMP 1
#endif

#endif
