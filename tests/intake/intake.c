/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * intake - a message intake for tests: SMTP with TLS, misbehaving on demand
 *
 *	intake -l 127.0.0.1:0 -C cert.pem -K key.pem -d mails -j journal
 *
 * Prints "listening ADDRESS:PORT" for each -l and serves until SIGTERM, one
 * thread for each connection.  With -q it is a sink for benchmarks.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/intake/mail.h"
#include "tests/intake/offer.h"
#include "tests/intake/record.h"
#include "tests/intake/rules.h"
#include "tests/intake/session.h"
#include "tests/intake/wire.h"
#include "tests/lib/endpoint.h"
#include "tests/lib/ticks.h"

static const char usage[] =
"usage: intake -l ADDRESS:PORT... [options]\n"
"  -l ADDRESS:PORT   listen there; port 0: any, [::1]:0 for IPv6\n"
"  -C FILE -K FILE   certificate chain and key\n"
"  -T MIN[:MAX]      TLS versions, as TLSv1.2:TLSv1.3\n"
"  -t                TLS from the first byte\n"
"  -V FILE           TLS only with those whose certificate these issued\n"
"  -o LIST           extensions, as PIPELINING,SIZE=1000; -CHUNKING: all but\n"
"                    this; an empty list: none\n"
"  -R RULE           misbehave (see tests/intake/rules.h); may be repeated\n"
"  -d DIR            keep messages there\n"
"  -j FILE           journal of all that is said\n"
"  -s FILE           statistics\n"
"  -M N              announce LIMITS MAILMAX=N RCPTMAX=1; more is refused, and\n"
"                    a violation\n"
"  -m N              connections at once, others get a 421 (default 1000)\n"
"  -w SECONDS        patience with a silent client (default 300)\n"
"  -n NAME           name in the greeting\n"
"  -H COUNT          answer MAIL, and all after it, when so many messages\n"
"                    have come\n"
"  -N COUNT | each   at that message print \"reached MILLISECONDS\", and the\n"
"                    same in \"microseconds\"\n"
"  -k FILE           tick of each message that is kept (tests/lib/ticks.h)\n"
"  -q                do not look at content\n";

static unsigned long connections_limit = 1000;
static int patience = 300;

static void __attribute__((noreturn))
die(int code, const char *text)
{
	fprintf(stderr, "intake: %s\n", text);
	exit(code);
}

/* ---- connections ---- */

static void *
connection_run(void *arg)
{
	session_run(arg);
	atomic_fetch_sub(&stats.connections_now, 1);
	return NULL;
}

/* connection_start - a thread for a new client; takes the descriptor */
static void
connection_start(int fd, const pthread_attr_t *attr)
{
	static const char busy[] = "421 4.7.0 too many connections\r\n";
	struct timeval wait = { .tv_sec = patience };
	unsigned long now = atomic_fetch_add(&stats.connections_now, 1) + 1;
	struct wire *wire;
	pthread_t thread;
	int on = 1;

	if (now > connections_limit) {
		stat_add(&stats.connections_refused, 1);
		atomic_fetch_sub(&stats.connections_now, 1);
		(void)send(fd, busy, sizeof(busy) - 1, MSG_NOSIGNAL);
		close(fd);
		return;
	}
	stat_max(&stats.connections_max, now);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
	wire = mem_new(sizeof(*wire));
	wire->fd = fd;
	wire->id = atomic_fetch_add(&stats.connections, 1) + 1;
	wire->out = (struct buf)BUF;
	if (pthread_create(&thread, attr, connection_run, wire) != 0) {
		atomic_fetch_sub(&stats.connections_now, 1);
		wire_close(wire, false);
	}
}

static void *
listener_run(void *arg)
{
	int listener = (int)(intptr_t)arg;
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, 512 << 10);
	for (;;) {
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

		if (fd != -1)
			connection_start(fd, &attr);
		else if (errno != EINTR && errno != ECONNABORTED)
			wire_sleep(0.05);	/* out of descriptors */
	}
	return NULL;
}

/* ---- options ---- */

static int
tls_version(const char *name)
{
	static const struct { const char *name; int version; } versions[] = {
		{ "TLSv1", TLS1_VERSION }, { "TLSv1.1", TLS1_1_VERSION },
		{ "TLSv1.2", TLS1_2_VERSION }, { "TLSv1.3", TLS1_3_VERSION },
	};

	for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++)
		if (strcmp(name, versions[i].name) == 0)
			return versions[i].version;
	die(EX_USAGE, "-T: no such version");
}

/* tls_open - the context for all connections */
static SSL_CTX *
tls_open(const char *cert, const char *key, const char *issuers,
    char *versions)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	char *min = strsep(&versions, ":");
	char *max = versions;

	/* weak keys and old versions are for the client to refuse */
	SSL_CTX_set_security_level(ctx, 0);
	if (SSL_CTX_use_certificate_chain_file(ctx, cert) != 1 ||
	    SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1)
		die(EX_NOINPUT, ERR_error_string(ERR_get_error(), NULL));
	if (issuers != NULL) {
		if (SSL_CTX_load_verify_file(ctx, issuers) != 1)
			die(EX_NOINPUT, "-V: cannot be read");
		SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER |
		    SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	}
	SSL_CTX_set_min_proto_version(ctx, tls_version(min));
	if (max != NULL)
		SSL_CTX_set_max_proto_version(ctx, tls_version(max));
	SSL_CTX_set_session_id_context(ctx, (const void *)"intake", 6);
	SSL_CTX_set_read_ahead(ctx, 1);
	SSL_CTX_set_default_read_buffer_len(ctx, WIRE_IN);
	SSL_CTX_set_options(ctx, SSL_OP_IGNORE_UNEXPECTED_EOF);
	return ctx;
}

static void
options_read(int argc, char **argv, char **listen_on, unsigned *out_count)
{
	const char *cert = NULL, *key = NULL, *issuers = NULL;
	char preset[] = "TLSv1.2", *versions = preset;
	struct err err;
	int c;

	while ((c = getopt(argc, argv, "l:C:K:V:T:to:R:d:j:s:M:m:w:n:H:N:k:q")) != -1)
		switch (c) {
		case 'l':
			if (*out_count == 16)
				die(EX_USAGE, "more than 16 -l");
			listen_on[(*out_count)++] = optarg;
			break;
		case 'C': cert = optarg; break;
		case 'K': key = optarg; break;
		case 'V': issuers = optarg; break;
		case 'T': versions = optarg; break;
		case 't': offer.tls_implicit = true; break;
		case 'o':
			if (offer_parse(optarg, &err) == -1)
				die(EX_USAGE, err.text);
			break;
		case 'R':
			if (rule_add(optarg, &err) == -1)
				die(EX_USAGE, err.text);
			break;
		case 'd': mail_directory(optarg); break;
		case 'j':
			record.journal_fd = open(optarg, O_WRONLY | O_CREAT |
			    O_APPEND | O_CLOEXEC, 0644);
			break;
		case 's': record.stats_path = optarg; break;
		case 'M': offer.mailmax = strtoul(optarg, NULL, 10); break;
		case 'm': connections_limit = strtoul(optarg, NULL, 10); break;
		case 'w': patience = atoi(optarg); break;
		case 'n': offer.name = optarg; break;
		case 'H': offer.hold = strtoul(optarg, NULL, 10); break;
		case 'N':
			record.announce_each = strcmp(optarg, "each") == 0;
			record.announce_at = strtoul(optarg, NULL, 10);
			break;
		case 'k':
			if ((mail_ticks = ticks_open(optarg, false)) == NULL)
				die(EX_NOINPUT, strerror(errno));
			break;
		case 'q': offer.content_checks = false; break;
		default: die(EX_USAGE, usage);
		}
	if (optind < argc || *out_count == 0)
		die(EX_USAGE, usage);
	if (cert == NULL || key == NULL)
		offer.starttls = false;
	else
		offer.tls = tls_open(cert, key, issuers, versions);
	if (offer.tls_implicit && offer.tls == NULL)
		die(EX_USAGE, "-t wants -C and -K");
}

int
main(int argc, char **argv)
{
	struct timespec tenth = { .tv_nsec = 100 * 1000 * 1000 };
	char *listen_on[16];
	unsigned count = 0;
	sigset_t ends;
	pthread_t thread;
	struct err err;
	int signal_number;

	options_read(argc, argv, listen_on, &count);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	for (unsigned i = 0; i < count; i++) {
		int fd = endpoint_listen(listen_on[i], &err);

		if (fd == -1)
			die(EX_OSERR, err.text);
		if (pthread_create(&thread, NULL, listener_run,
		    (void *)(intptr_t)fd) != 0)
			die(EX_OSERR, "no thread");
	}
	do {
		stats_write();
		signal_number = sigtimedwait(&ends, NULL, &tenth);
	} while (signal_number != SIGTERM && signal_number != SIGINT);
	stats_write();
	_exit(0);
}
