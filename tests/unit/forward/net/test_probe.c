/* SPDX-License-Identifier: BSD-2-Clause */
/* probe: a name server is there when it says anything at all to us */
#include "forward/net/probe.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "tests/unit/spool_rig.h"

/* How a server answers. */
enum manner { SILENT, REFUSED, OTHER_NUMBER, SHORT };

struct server {
	enum manner	 manner;
	int		 fd;
	unsigned	 port;
	pthread_t	 thread;
	unsigned char	 question[64];
	ssize_t		 asked;		/* octets */
};

static void *
serve(void *arg)
{
	struct server *server = arg;
	struct sockaddr_in from;
	socklen_t length = sizeof(from);
	unsigned char answer[12] = { 0 };

	server->asked = recvfrom(server->fd, server->question,
	    sizeof(server->question), 0, (struct sockaddr *)&from, &length);
	if (server->asked < 12 || server->manner == SILENT)
		return NULL;
	memcpy(answer, server->question, 2);
	answer[0] ^= server->manner == OTHER_NUMBER;
	answer[2] = 0x81;
	answer[3] = 0x80 | 5;
	(void)!sendto(server->fd, answer, server->manner == SHORT ? 5 :
	    sizeof(answer), 0, (struct sockaddr *)&from, length);
	return NULL;
}

static void
start(struct server *server, enum manner manner)
{
	struct sockaddr_in here = { .sin_family = AF_INET,
	    .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t length = sizeof(here);

	*server = (struct server){ .manner = manner,
	    .fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) };
	must(server->fd != -1);
	must(bind(server->fd, (struct sockaddr *)&here, length) == 0);
	must(getsockname(server->fd, (struct sockaddr *)&here,
	    &length) == 0);
	server->port = ntohs(here.sin_port);
	must(pthread_create(&server->thread, NULL, serve, server) == 0);
}

/* stop - also when it was not asked */
static void
stop(struct server *server)
{
	must(shutdown(server->fd, SHUT_RD) == 0 || errno == ENOTCONN);
	pthread_join(server->thread, NULL);
	close(server->fd);
}

static void
test_manners(void **state)
{
	static const struct {
		enum manner manner;
		bool there;
	} cases[] = {
		{ SILENT, false }, { REFUSED, true }, { OTHER_NUMBER, false },
		{ SHORT, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct server server;
		own(str) char *list = NULL;
		int64_t began = clock_now();

		start(&server, cases[i].manner);
		list = mem_format("127.0.0.1@%u", server.port);
		if (probe_servers(list) != cases[i].there)
			fail_msg("manner %d", (int)cases[i].manner);
		if (!cases[i].there)
			assert_true(clock_now() - began >= PROBE_PATIENCE);
		stop(&server);
		/* the root's name servers, and nothing else */
		assert_int_equal(server.asked, 17);
		assert_memory_equal(server.question + 2,
		    "\1\0\0\1\0\0\0\0\0\0\0\0\2\0\1", 15);
	}
}

/* Where nobody listens the system says so, and that is waited for no longer. */
static void
test_nobody(void **state)
{
	struct server server;
	own(str) char *list = NULL;

	(void)state;
	start(&server, SILENT);
	list = mem_format("127.0.0.1@%u,127.0.0.1@%u", server.port,
	    server.port);
	stop(&server);
	assert_false(probe_servers(list));
}

/* One of several is enough. */
static void
test_several(void **state)
{
	struct server silent, good;
	own(str) char *list = NULL;

	(void)state;
	start(&silent, SILENT);
	start(&good, REFUSED);
	list = mem_format(" 127.0.0.1@%u,\t127.0.0.1@%u ", silent.port,
	    good.port);
	assert_true(probe_servers(list));
	stop(&silent);
	stop(&good);
}

/* Who cannot be asked is not said to be silent. */
static void
test_not_asked(void **state)
{
	(void)state;
	assert_true(probe_servers(""));
	assert_true(probe_servers("ns.test 127.0.0.1@no"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_manners),
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_not_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
