/* SPDX-License-Identifier: BSD-2-Clause */
/* smtp: the conversations in tests/cases/smtp/, one file each; see chat.h */
#include "forward/smtp/smtp.h"
#include "forward/smtp/auth.h"
#include "forward/verdict.h"

#include <dirent.h>
#include <inttypes.h>
#include <pthread.h>
#include <sys/mman.h>

#include "base/clock.h"
#include "tests/unit/forward/smtp/chat.h"

#define CASES "tests/cases/smtp"
#define MESSAGE "Subject: hi\r\n\r\n.one\r\ntwo\r\n"

/* ---- the client, a thread ---- */

static const char *const classes[VERDICTS] = {
	[VERDICT_NONE] = "none", [VERDICT_NETWORK] = "network",
	[VERDICT_SOFT] = "soft", [VERDICT_TLS] = "tls",
	[VERDICT_HARD] = "hard",
};

static void
add_result(struct talker *talker, bool good, const struct failure *failure)
{
	struct buf *out = &talker->results;
	struct verdict verdict;

	if (good) {
		buf_text(out, "delivered ");
	} else {		/* only then it is filled in */
		verdict_of(failure, &verdict);
		buf_format(out, "%s %s ", classes[verdict.class],
		    step_rows[failure->step].name);
	}
	if (good || failure->cause == CAUSE_REPLY)
		buf_format(out, "%d %s\n", failure->reply.code,
		    failure->reply.text);
	else
		buf_format(out, "%s\n", failure->text);
}

/* death_of - of the letter with that number, from 0 */
static int64_t
death_of(const struct talker *talker, unsigned number)
{
	if (talker->mortal == number + 1)
		return talker->born + talker->dies;
	return talker->death > 0 ? talker->born + talker->death : INT64_MAX;
}

static void
send_one(struct talker *talker, struct smtp *smtp,
    const struct letter *letter, unsigned number)
{
	struct failure failure;
	int result;

	smtp->conn.death = death_of(talker, number);
	result = smtp_send(smtp, letter, &failure);
	add_result(talker, result == 0, &failure);
	if (!smtp->answered)
		buf_text(&talker->results, "(no answer)\n");
}

/* send_together - as many as go; how many those were */
static unsigned
send_together(struct talker *talker, struct smtp *smtp,
    const struct letter *letter, unsigned first)
{
	struct failure failure;
	enum smtp_fate fate;
	unsigned n = 0;

	smtp->conn.death = INT64_MAX;
	while (n < talker->flight && first + n < talker->letters) {
		int64_t death = death_of(talker, first + n);

		if (death < smtp->conn.death)
			smtp->conn.death = death;
		if (!smtp_board(smtp, letter))
			break;
		n++;
	}
	smtp_depart(smtp);
	for (unsigned i = 0; i < n; i++) {
		smtp->conn.death = death_of(talker, first + i);
		fate = smtp_fate(smtp, &failure);
		if (fate == SMTP_UNTRIED)
			buf_text(&talker->results, "untried\n");
		else
			add_result(talker, fate == SMTP_TAKEN, &failure);
		if (fate == SMTP_FAILED && !smtp->answered)
			buf_text(&talker->results, "(no answer)\n");
	}
	return n;
}

static void
send_letters(struct talker *talker, struct smtp *smtp)
{
	static char before[] = "H: 1\r\n\r\n", after[] = "\r\nend\r\n";
	const struct buf head = { .data = before, .len = strlen(before) };
	const struct buf tail = { .data = after, .len = strlen(after) };
	const struct letter letter = { .sender = "a@x.test",
	    .recipient = "b@y.test", .head = &head, .tail = &tail,
	    .fd = talker->message, .length = talker->size,
	    .eight_bit = talker->eight_bit, .binary = talker->binary,
	    .smtputf8 = talker->utf8 };
	unsigned i = 0, n;

	while (i < talker->letters && smtp_usable(smtp)) {
		n = talker->flight == 0 ? 0 :
		    send_together(talker, smtp, &letter, i);
		if (n == 0 && smtp_usable(smtp)) {
			send_one(talker, smtp, &letter, i);
			n = 1;
		}
		i += n;
	}
}

/* tls_of_nobody - a context, for conversations that must not get so far */
static struct tls *
tls_of_nobody(void)
{
	char *dir = scratch_new();
	char *path = scratch_file(dir, "tdc.cf", "user =\n");
	struct tls *tls;
	struct conf conf;
	struct err err;

	assert_int_equal(conf_load(path, &conf, &err), 0);
	assert_int_equal(tls_new(&conf, &tls, &err), 0);
	conf_drop(&conf);
	free(path);
	scratch_free(dir);
	return tls;
}

/* begin - up to the first letter.  A login is said where TLS would be, though
 * smtp_hello() would not */
static int
begin(const struct talker *talker, struct smtp *smtp,
    const struct smtp_peer *peer, struct failure *out)
{
	const struct login login = { talker->user, talker->password, "f:1" };
	struct smtp_peer asked = *peer;
	int result;

	if (talker->in_clear)
		asked.login = &login;
	result = smtp_hello(smtp, &asked, out);
	if (result == -1 || *talker->user == '\0')
		return result;
	result = auth(smtp, &login, out);
	if (result == -1)
		smtp_abandon(smtp);
	return result;
}

static void *
client(void *arg)
{
	struct talker *talker = arg;
	const struct tls_ask ask = { .level = TLS_VERIFY, .host = "mx.test",
	    .domain = "y.test" };
	struct smtp_peer peer = { .ask = &ask };
	struct failure failure;
	struct smtp smtp;

	smtp_init(&smtp, "us.test", talker->patience);
	smtp.conn.fd = talker->client;
	talker->born = clock_now();
	smtp.conn.death = death_of(talker, 0);
	if (talker->tls)
		peer.tls = tls_of_nobody();
	if (begin(talker, &smtp, &peer, &failure) == -1)
		add_result(talker, false, &failure);
	else
		send_letters(talker, &smtp);
	smtp.conn.death = INT64_MAX;
	smtp_drop(&smtp);
	tls_free(peer.tls);
	return NULL;
}

/* ---- a case ---- */

/* option - a line that is for neither of them; false: unknown */
static bool
option(struct talker *talker, const char *line)
{
	unsigned long number = strtoul(line + strcspn(line, "0123456789"),
	    NULL, 10);

	if (strncmp(line, "letters ", 8) == 0)
		talker->letters = (unsigned)number;
	else if (strncmp(line, "flight ", 7) == 0)
		talker->flight = (unsigned)number;
	else if (sscanf(line, "dies %u %" SCNd64, &talker->mortal,
	    &talker->dies) == 2)
		;
	else if (strncmp(line, "size ", 5) == 0)
		talker->size = number;
	else if (strncmp(line, "patience ", 9) == 0)
		talker->patience = (int64_t)number;
	else if (strncmp(line, "death ", 6) == 0)
		talker->death = (int64_t)number;
	else if (sscanf(line, "login-in-clear %63s %63s", talker->user,
	    talker->password) == 2)
		talker->in_clear = true;
	else if (sscanf(line, "login %63s %63s", talker->user,
	    talker->password) == 2)
		;
	else if (strcmp(line, "letter eight-bit") == 0)
		talker->eight_bit = true;
	else if (strcmp(line, "letter binary") == 0)
		talker->binary = true;
	else if (strcmp(line, "letter utf8") == 0)
		talker->utf8 = true;
	else if (strcmp(line, "narrow") == 0)
		talker->narrow = true;
	else if (strcmp(line, "tls") == 0)
		talker->tls = true;
	else
		return *line == '\0' || *line == '#';
	return true;
}

static bool
is_play(const char *line)
{
	return strchr("SC", *line) != NULL || strcmp(line, "hangup") == 0 ||
	    strcmp(line, "silence") == 0 || strcmp(line, "stall") == 0;
}

static void
make_message(struct talker *talker)
{
	talker->message = memfd_create("message", MFD_CLOEXEC);
	assert_int_not_equal(talker->message, -1);
	if (talker->size == 0) {
		talker->size = strlen(MESSAGE);
		assert_int_equal(write(talker->message, MESSAGE,
		    talker->size), talker->size);
	} else {
		assert_int_equal(ftruncate(talker->message,
		    (off_t)talker->size), 0);
	}
}

/* read_script - options are set, results gathered, the rest is as it was */
static void
read_script(struct talker *talker, const char *path, struct buf *script,
    struct buf *wanted)
{
	FILE *file = fopen(path, "re");
	char line[4096];

	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (is_play(line))
			buf_format(script, "%s\n", line);
		else if (strncmp(line, "= ", 2) == 0)
			buf_format(wanted, "%s\n", line + 2);
		else if (!option(talker, line))
			fail_msg("%s: what is '%s'?", path, line);
	}
	fclose(file);
}

static void
run_case(const char *name)
{
	own(str) char *path = mem_format("%s/%s", CASES, name);
	own(buf) struct buf script = BUF;
	own(buf) struct buf wanted = BUF;
	struct talker talker = { .letters = 1, .patience = 5000,
	    .results = BUF, .heard = BUF };
	char *line, *rest;
	pthread_t thread;
	int fds[2];

	read_script(&talker, path, &script, &wanted);
	make_message(&talker);
	assert_int_equal(socketpair(AF_UNIX,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds), 0);
	talker.client = fds[0];
	if (talker.narrow)
		assert_int_equal(setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF,
		    &(int){ 4096 }, sizeof(int)), 0);
	talker.server = fds[1];
	assert_int_equal(pthread_create(&thread, NULL, client, &talker), 0);
	for (rest = script.data; (line = strsep(&rest, "\n")) != NULL; ) {
		snprintf(talker.where, sizeof(talker.where), "%.40s: %.60s",
		    name, line);
		if (*line != '\0')
			assert_true(play(&talker, line));
	}
	shutdown(talker.server, SHUT_WR);
	while (listen_on(&talker))
		;
	pthread_join(thread, NULL);
	if (talker.heard.len > 0 && !talker.careless)
		fail_msg("%s: the client goes on: %s", name,
		    talker.heard.data);
	if (strcmp(talker.results.data, wanted.data) != 0)
		fail_msg("%s: wanted\n%sgot\n%s", name, wanted.data,
		    talker.results.data);
	close(talker.server);
	close(talker.message);
	buf_drop(&talker.results);
	buf_drop(&talker.heard);
}

static int
is_chat(const struct dirent *file)
{
	const char *dot = strrchr(file->d_name, '.');

	return dot != NULL && strcmp(dot, ".chat") == 0;
}

static void
test_conversations(void **state)
{
	struct dirent **files;
	int count = scandir(CASES, &files, is_chat, alphasort);

	(void)state;
	assert_true(count > 0);
	for (int i = 0; i < count; i++) {
		run_case(files[i]->d_name);
		free(files[i]);
	}
	free(files);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_conversations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
