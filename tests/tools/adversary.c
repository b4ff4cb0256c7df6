/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * adversary - intakes that mean no good, or do not know better
 *
 *	adversary -L				print "NAME ADDRESS" of them all
 *	adversary -C cert.pem -K key.pem [-p PORT]
 *
 * Listens on every address of 127/8, and the address it is called at says
 * what it does: 127.STEP.FAILURE.MODE behaves as a server should, up to STEP,
 * and then does FAILURE, each time.  NAME says it in words, as
 * "rcpt-451-chunked".  MODE is what it offers after STARTTLS, and is always
 * the last for steps before that.
 *
 * Prints "listening", and then NAME for each time it has struck.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/tools/adversary_failures.h"

static const char *const step_names[STEPS] = {
	"greeting", "ehlo", "starttls", "handshake", "again", "mail", "rcpt",
	"data", "body", "final",
};
static const char *const mode_names[MODES] = { "plain", "pipelined",
    "chunked" };

static SSL_CTX *honest, *giant, *old;	/* old: TLS 1.2 */

static void __attribute__((noreturn))
die(int code, const char *text)
{
	fprintf(stderr, "adversary: %s\n", text);
	exit(code);
}

/* makes_sense - whether there is such an intake */
static bool
makes_sense(enum step step, const struct failure *failure, enum mode mode)
{
	if (failure->only != 0 && (failure->only & 1 << step) == 0)
		return false;
	if (step < MAIL || (failure->only & ONCE) != 0)
		return mode == CHUNKED;
	return step != DATA || mode != CHUNKED;
}

static void
show_name(enum step step, const struct failure *failure, enum mode mode)
{
	printf("%s-%s-%s", step_names[step], failure->name, mode_names[mode]);
}

/* strike - true: a bad reply was said, go on; false: it is over */
static bool
strike(struct peer *peer)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	const struct failure *failure = peer->failure;

	pthread_mutex_lock(&lock);
	show_name(peer->step, failure, peer->mode);
	putchar('\n');
	fflush(stdout);
	pthread_mutex_unlock(&lock);
	if (failure->text == NULL)
		return say_bytes(peer, "25\0 yes\r\n", 9) && listen_on(peer);
	return failure->act(peer, failure->text);
}

/* ---- a conversation ---- */

/* answer - as one should, or with a strike; *good tells which, where it goes
 * on */
static bool
answer(struct peer *peer, enum step step, const char *text, bool *good)
{
	*good = peer->step != step;
	return *good ? say(peer, text) : strike(peer);
}

/* swallow_body - up to the dot */
static bool
swallow_body(struct peer *peer)
{
	char line[2048];

	do {
		if (!hear_line(peer, line, sizeof(line)))
			return false;
	} while (strcmp(line, ".\r\n") != 0);
	return true;
}

/* swallow_chunk - so many bytes */
static bool
swallow_chunk(struct peer *peer, size_t n)
{
	while (n > 0) {
		size_t there = peer->len - peer->at;

		if (there == 0 && !hear_more(peer))
			return false;
		there = peer->len - peer->at;
		there = there < n ? there : n;
		peer->at += there;
		n -= there;
	}
	return true;
}

/* take_message - and thank for it; a strike in the body comes before its end is there,
 * and there is no other answer then */
static bool
take_message(struct peer *peer, bool chunk, size_t size)
{
	bool wanted = peer->has_mail && peer->has_rcpt, good;

	peer->has_mail = peer->has_rcpt = false;
	if (wanted && peer->step == BODY && !strike(peer))
		return false;
	if (chunk ? !swallow_chunk(peer, size) : !swallow_body(peer))
		return false;
	if (!wanted)
		return say(peer, "503 5.5.1 no valid recipients\r\n");
	return peer->step == BODY || answer(peer, FINAL,
	    "250 2.0.0 it has gone nowhere\r\n", &good);
}

static bool
obey(struct peer *peer, const char *line)
{
	static const char *const offers[MODES] = {
		[PLAIN] = "250 SIZE\r\n",
		[PIPELINED] = "250-PIPELINING\r\n250 SIZE\r\n",
		[CHUNKED] = "250-PIPELINING\r\n250-CHUNKING\r\n250 SIZE\r\n",
	};
	bool good;

	if (strncasecmp(line, "EHLO", 4) == 0)
		return answer(peer, AGAIN, "250-adversary.example\r\n",
		    &good) && (!good || say(peer, offers[peer->mode]));
	if (strncasecmp(line, "MAIL", 4) == 0)
		return answer(peer, MAIL, "250 2.1.0 yes\r\n",
		    &peer->has_mail);
	if (strncasecmp(line, "RCPT", 4) == 0 && !peer->has_mail)
		return say(peer, "503 5.5.1 who are you?\r\n");
	if (strncasecmp(line, "RCPT", 4) == 0)
		return answer(peer, RCPT, "250 2.1.5 yes\r\n",
		    &peer->has_rcpt);
	if (strncasecmp(line, "BDAT", 4) == 0)
		return take_message(peer, true,
		    strtoul(line + 4, NULL, 10));
	if (strncasecmp(line, "DATA", 4) == 0 && !peer->has_rcpt)
		return say(peer, "503 5.5.1 for whom?\r\n");
	if (strncasecmp(line, "DATA", 4) == 0)
		return answer(peer, DATA, "354 go on\r\n", &good) &&
		    (!good || take_message(peer, false, 0));
	if (strncasecmp(line, "QUIT", 4) == 0)
		return say(peer, "221 2.0.0 bye\r\n") && false;
	peer->has_mail = peer->has_rcpt = false;
	return say(peer, "250 2.0.0 as you like\r\n");	/* RSET */
}

/* start_tls - up to the end of the handshake */
static bool
start_tls(struct peer *peer)
{
	bool certificate = strcmp(peer->failure->name, "certificate") == 0;
	bool renegotiation = strcmp(peer->failure->name,
	    "renegotiation") == 0;
	char byte;

	/* what comes before the client's part would be in the clear */
	if (recv(peer->fd, &byte, 1, MSG_PEEK) != 1)
		return false;
	if (peer->step == HANDSHAKE && !strike(peer) && !certificate)
		return false;
	peer->ssl = SSL_new(certificate ? giant : renegotiation ? old :
	    honest);
	return SSL_set_fd(peer->ssl, peer->fd) == 1 &&
	    SSL_accept(peer->ssl) == 1;
}

static void
converse(struct peer *peer)
{
	char line[2048];
	bool good;

	if (!answer(peer, GREETING, "220 adversary.example ESMTP\r\n", &good))
		return;
	for (;;) {
		if (!hear_line(peer, line, sizeof(line)))
			return;
		if (strncasecmp(line, "STARTTLS", 8) == 0)
			break;
		if (!answer(peer, EHLO, "250-adversary.example\r\n"
		    "250 STARTTLS\r\n", &good))
			return;
	}
	if (!answer(peer, STARTTLS, "220 2.0.0 go on\r\n", &good) || !good ||
	    !start_tls(peer))
		return;
	while (hear_line(peer, line, sizeof(line)) && obey(peer, line))
		;
}

/* find_part - the address that we were called at */
static bool
find_part(struct peer *peer)
{
	struct sockaddr_in us;
	socklen_t length = sizeof(us);
	unsigned char part[4];

	if (getsockname(peer->fd, (struct sockaddr *)&us, &length) == -1)
		return false;
	memcpy(part, &us.sin_addr, sizeof(part));
	if (part[1] == 0 || part[1] > STEPS || part[2] == 0 ||
	    part[2] > failure_count || part[3] == 0 || part[3] > MODES)
		return false;
	peer->step = part[1] - 1;
	peer->failure = &failures[part[2] - 1];
	peer->mode = part[3] - 1;
	return true;
}

static void *
peer_run(void *arg)
{
	struct peer *peer = arg;

	if (find_part(peer))
		converse(peer);
	if (peer->ssl != NULL) {
		SSL_shutdown(peer->ssl);
		SSL_free(peer->ssl);
	}
	close(peer->fd);
	free(peer);
	return NULL;
}

/* ---- the beginning ---- */

static void
list_all(void)
{
	for (int s = 0; s < STEPS; s++)
		for (int f = 0; f < failure_count; f++)
			for (int m = 0; m < MODES; m++) {
				if (!makes_sense(s, &failures[f], m))
					continue;
				show_name(s, &failures[f], m);
				printf(" 127.%d.%d.%d\n", s + 1, f + 1, m + 1);
			}
}

static SSL_CTX *
context(const char *cert, const char *key, int max_version, int copies)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	if (SSL_CTX_use_certificate_chain_file(ctx, cert) != 1 ||
	    SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1)
		die(EX_NOINPUT, "cannot read certificate or key");
	SSL_CTX_set_max_proto_version(ctx, max_version);
	SSL_CTX_set_options(ctx, SSL_OP_IGNORE_UNEXPECTED_EOF);
	for (int i = 0; i < copies; i++)
		SSL_CTX_add1_chain_cert(ctx, SSL_CTX_get0_certificate(ctx));
	return ctx;
}

static int
listen_everywhere(uint16_t port)
{
	struct sockaddr_in all = { .sin_family = AF_INET,
	    .sin_port = htons(port) };
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd == -1 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on,
	    sizeof(on)) == -1 || bind(fd, (struct sockaddr *)&all,
	    sizeof(all)) == -1 || listen(fd, 4096) == -1)
		die(EX_OSERR, strerror(errno));
	puts("listening");
	fflush(stdout);
	return fd;
}

static void __attribute__((noreturn))
serve(int listener)
{
	pthread_attr_t attr;
	pthread_t thread;
	int on = 1;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, 256 << 10);
	for (;;) {
		struct sockaddr_in from;
		socklen_t length = sizeof(from);
		int fd = accept4(listener, (struct sockaddr *)&from, &length,
		    SOCK_CLOEXEC);
		struct peer *peer;

		if (fd == -1)
			continue;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		peer = mem_new(sizeof(*peer));
		peer->fd = fd;
		if (pthread_create(&thread, &attr, peer_run, peer) != 0)
			die(EX_OSERR, "no thread");
	}
}

int
main(int argc, char **argv)
{
	const char *cert = NULL, *key = NULL;
	uint16_t port = 25;
	int c;

	while ((c = getopt(argc, argv, "LC:K:p:")) != -1)
		switch (c) {
		case 'L': list_all(); return EX_OK;
		case 'C': cert = optarg; break;
		case 'K': key = optarg; break;
		case 'p': port = (uint16_t)atoi(optarg); break;
		default: return EX_USAGE;
		}
	if (cert == NULL || key == NULL)
		die(EX_USAGE, "-L, or -C FILE -K FILE [-p PORT]");
	signal(SIGPIPE, SIG_IGN);
	honest = context(cert, key, 0, 0);
	giant = context(cert, key, 0, 1000);
	old = context(cert, key, TLS1_2_VERSION, 0);
	serve(listen_everywhere(port));
}
