/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_monitor - whoever listens to events, while each call in turn fails: it
 * listens, or says why not, and leaves nothing behind
 *
 * WRAP: bind fchmodat fchownat mkdir poll socket write
 */
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sysexits.h>

#include "base/log/log_listeners.h"
#include "tests/unit/control/queue/verb_world.h"

NTH_CALL(int, bind, (int fd, const struct sockaddr *name, socklen_t n),
    (fd, name, n), -1)
NTH_CALL(int, fchmodat, (int dir, const char *path, mode_t mode, int flags),
    (dir, path, mode, flags), -1)
NTH_CALL(int, fchownat, (int dir, const char *path, uid_t uid, gid_t gid,
    int flags), (dir, path, uid, gid, flags), -1)
NTH_CALL(int, mkdir, (const char *path, mode_t mode), (path, mode), -1)
NTH_CALL(int, socket, (int family, int type, int protocol),
    (family, type, protocol), -1)
NTH_CALL(ssize_t, write, (int fd, const void *bytes, size_t n), (fd, bytes, n),
    -1)

/* Once it waits, it is to end. */
int __real_poll(struct pollfd *, nfds_t, int);
int __wrap_poll(struct pollfd *, nfds_t, int);
int
__wrap_poll(struct pollfd *fds, nfds_t n, int ms)
{
	if (nth->armed)
		(void)raise(SIGTERM);
	return __real_poll(fds, n, nth->armed ? 0 : ms);
}

static void
each_call_fails(void **state)
{
	static const char *const words[] = { "monitor", NULL };
	own(str) char *dir = NULL;
	struct world world;
	unsigned at = 1;

	(void)state;
	begin(&world);
	dir = mem_format("%s/" LOG_LISTENERS_DIR, world.spool);
	/* a spool of a group, whose members may listen, too */
	assert_int_equal(chmod(world.spool, 02770), 0);
	for (; nth_begin(at, EACCES); at++) {
		struct said said = run(&world, words);

		if (nth->name[0] == '\0' ? said.code != EX_OK :
		    said.code != EX_CANTCREAT ||
		    strstr(said.err, "listen in ") == NULL ||
		    strstr(said.err, strerror(EACCES)) == NULL)
			fail_msg("%s (call %u): %d, %s", nth->name, at, said.code,
			    said.err);
		said_drop(&said);
		if (access(dir, F_OK) == 0)
			fail_msg("%s (call %u): something is left", nth->name, at);
	}
	assert_true(at > 4);
	end(&world);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_call_fails),
	};

	must(nth_only(0, EIO));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
