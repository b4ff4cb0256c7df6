/* SPDX-License-Identifier: BSD-2-Clause */
/* Who waits for a mail store is alive, however long that takes
 * NEEDS: REMEDIATION */
#include "remediate/mailbox/profiles.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/own.h"
#include "tests/unit/spool_rig.h"

static unsigned lives;

static void
alive(void)
{
	lives++;
}

/* listen_silently - a server that takes connections, and says nothing */
static int
listen_silently(unsigned *out_port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	must(bind(fd, (struct sockaddr *)&at, length) == 0);
	must(listen(fd, 8) == 0);
	must(getsockname(fd, (struct sockaddr *)&at, &length) == 0);
	*out_port = ntohs(at.sin_port);
	return fd;
}

/* wait_by - the only profile of that line, with the port in it */
static void
wait_by(const char *line)
{
	const struct profile_settings settings = { .timeout = 2500,
	    .ca_file = "", .ca_path = "", .alive = alive,
	    .backends = (const struct mailbox_backend *const[]){
	    &mailbox_imap, &mailbox_dovecot, &mailbox_ews, NULL } };
	char *dir = scratch_new();
	unsigned port;
	int fd = listen_silently(&port);
	own(str) char *number = mem_format(":%u", port);
	own(str) char *text = mem_format("%s%s\n", line, number +
	    (line[strlen(line) - 1] == '='));
	own(str) char *path = scratch_file(dir, "profiles", text);
	struct profiles *profiles;
	const struct profile *profile;
	own(buf) struct buf said = BUF;
	struct err err;

	must(chmod(path, 0600) == 0);
	if (profiles_load(path, &settings, &profiles, &err) == -1)
		fail_msg("%s", err.text);
	profile = profiles_at(profiles, 0);
	lives = 0;
	assert_int_equal(profile->backend->test(profile, "bob@corp.example",
	    &said, &err), MAILBOX_LATER);
	assert_in_range(lives, 2, 10000);
	profiles_free(profiles);
	must(close(fd) == 0);
	scratch_free(dir);
}

static void
imap(void **state)
{
	(void)state;
	wait_by("profile p type=imap host=127.0.0.1 user=u password=p "
	    "master=* folder=Q port=");
}

static void
dovecot(void **state)
{
	(void)state;
	wait_by("profile p type=dovecot key=k folder=Q url=https://127.0.0.1");
}

static void
ews(void **state)
{
	(void)state;
	wait_by("profile p type=ews user=u password=p host=127.0.0.1");
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(imap),
		cmocka_unit_test(dovecot), cmocka_unit_test(ews) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
