/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sandbox_reader - a process that reads one file, by a library that trusts it
 *
 *	sandbox_reader("/etc/tdc/table.db");
 *	... open it, read it, write to a pipe, and end ...
 *
 * For the children of policy/table/isolate.h, before they open or parse anything.
 * From then on, for good:
 *
 * - Of all files this one alone can be opened, to be read (Landlock), under any of
 *   its names.
 * - There are no sockets, no other programs or processes or threads, no signals to
 *   others, nothing to be written but what is open, no memory to be executed:
 *   whatever reading takes no use of is refused with EPERM (seccomp-bpf).
 * - Memory and time are what files of that size take, many times over: READER_SPACE
 *   and four times the file, READER_SECONDS and one for each MB.  Who wants more
 *   gets ENOMEM, or SIGXCPU.
 *
 * What a kernel or a build lacks is not in force; daemons say that at their start
 * (sandbox.h).  "sandbox = no" is about daemons: this is so in any case, but with
 * sanitizers, as there.
 */
#ifndef BASE_SANDBOX_READER_H
#define BASE_SANDBOX_READER_H

#define READER_SPACE (2ULL << 30)	/* bytes of addresses; programs have 200 MB */
#define READER_SECONDS 60

void	sandbox_reader(const char *path);

#endif
