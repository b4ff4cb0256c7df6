/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pipeline - as fast as a plain SMTP client with OpenSSL gets
 *
 *	pipeline -S 127.0.0.1:2525 -n 20000 -p 20 -s 10000
 *	pipeline -S 127.0.0.1:2525 -p 20 -d spool/ready
 *
 * The yardstick for the forwarder: no spool, no queue, no log, no report; the
 * same bytes from memory again and again, MAIL, RCPT, BDAT and content in one
 * write, and then the three replies.  The server must offer STARTTLS,
 * PIPELINING and CHUNKING; any certificate will do.
 *
 * With -d each message is a file of that directory, which is opened, read, sent
 * as it is and removed: what the file system takes of whoever keeps one file
 * for each message, without anything that a forwarder has to do besides.
 *
 * Prints the microseconds from the first connect to the last reply.
 */
#include <dirent.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "tests/lib/endpoint.h"

static const char usage[] =
    "usage: pipeline -S ADDRESS:PORT [-n MESSAGES] [-p CONNECTIONS] "
    "[-s BYTES | -d DIRECTORY]\n";

static struct {
	struct addrinfo	*server;
	unsigned long	 count, connections, size;
	struct buf	 flight;	/* one whole transaction */
	const char	*directory;	/* NULL: it is the same each time */
	int		 dirfd;
	struct dirent	**files;
} job = { .count = 1, .connections = 1, .size = 10000, .flight = BUF };

static atomic_ulong taken;
static SSL_CTX *context;
static SSL_SESSION *session;	/* of the first connection, for the others */

struct line {
	int	 fd;
	SSL	*ssl;		/* NULL: in the clear */
	size_t	 at, len;
	char	 in[4096];
};

static void __attribute__((noreturn, format(printf, 2, 3)))
die(int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("pipeline: ", stderr);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(code);
}

static void
line_write(struct line *line, const char *bytes, size_t n)
{
	size_t done;

	if (line->ssl != NULL) {
		if (SSL_write_ex(line->ssl, bytes, n, &done) != 1)
			die(EX_IOERR, "cannot write");
		return;
	}
	if (!endpoint_write(line->fd, bytes, n))
		die(EX_IOERR, "cannot write");
}

static char
line_byte(struct line *line)
{
	if (line->at == line->len) {
		ssize_t n = 0;

		line->at = line->len = 0;
		if (line->ssl == NULL)
			n = recv(line->fd, line->in, sizeof(line->in), 0);
		else if (SSL_read_ex(line->ssl, line->in, sizeof(line->in),
		    &line->len) == 1)
			n = (ssize_t)line->len;
		if (n <= 0)
			die(EX_IOERR, "connection lost");
		line->len = (size_t)n;
	}
	return line->in[line->at++];
}

/* line_reply - one reply, which must be of this class */
static void
line_reply(struct line *line, char wanted)
{
	char text[512];
	size_t n;

	do {
		n = 0;
		do {
			text[n] = line_byte(line);
		} while (text[n] != '\n' && ++n < sizeof(text) - 1);
		text[n] = '\0';
	} while (n > 3 && text[3] == '-');
	if (text[0] != wanted)
		die(EX_PROTOCOL, "the server says: %s", text);
}

static void
line_ask(struct line *line, const char *command)
{
	line_write(line, command, strlen(command));
	line_reply(line, '2');
}

static void
line_open(struct line *line)
{
	if ((line->fd = endpoint_connect(job.server)) == -1)
		die(EX_OSERR, "cannot connect");
	line_reply(line, '2');
	line_ask(line, "EHLO pipeline.example\r\n");
	line_ask(line, "STARTTLS\r\n");
	line->ssl = SSL_new(context);
	if (session != NULL)
		SSL_set_session(line->ssl, session);
	if (SSL_set_fd(line->ssl, line->fd) != 1 || SSL_connect(line->ssl) != 1)
		die(EX_PROTOCOL, "no TLS");
	line_ask(line, "EHLO pipeline.example\r\n");
}

static void
line_close(struct line *line)
{
	SSL_shutdown(line->ssl);
	SSL_free(line->ssl);
	close(line->fd);
}

/* warm_up - the first handshake of a process looks its algorithms up, and
 * gives a session that the others resume, as the forwarder's do */
static void
warm_up(void)
{
	struct line line = { .fd = -1 };

	line_open(&line);
	session = SSL_get1_session(line.ssl);
	line_close(&line);
}

static void
add_commands(struct buf *out, size_t size)
{
	buf_text(out, "MAIL FROM:<> SIZE=");
	buf_number(out, size);
	buf_text(out, "\r\nRCPT TO:<journal@intake.example>\r\nBDAT ");
	buf_number(out, size);
	buf_text(out, " LAST\r\n");
}

/* transact - one whole transaction */
static void
transact(struct line *line, const struct buf *flight)
{
	line_write(line, flight->data, flight->len);
	for (int i = 0; i < 3; i++)
		line_reply(line, '2');
}

/* send_file - and remove it */
static void
send_file(struct line *line, const char *name, struct buf *flight)
{
	int fd = openat(job.dirfd, name, O_RDONLY | O_CLOEXEC | O_NOATIME);
	struct stat st;
	size_t size;

	if (fd == -1 || fstat(fd, &st) == -1)
		die(EX_NOINPUT, "cannot open %s", name);
	size = (size_t)st.st_size;
	buf_cut(flight, 0);
	add_commands(flight, size);
	if (read(fd, buf_room(flight, size), size) != (ssize_t)size)
		die(EX_IOERR, "cannot read %s", name);
	flight->len += size;
	close(fd);
	transact(line, flight);
	if (unlinkat(job.dirfd, name, 0) == -1)
		die(EX_IOERR, "cannot remove %s", name);
}

static void *
connection_run(void *arg)
{
	struct line line = { .fd = -1 };
	own(buf) struct buf flight = BUF;
	unsigned long i;

	(void)arg;
	line_open(&line);
	while ((i = atomic_fetch_add(&taken, 1)) < job.count)
		if (job.files != NULL)
			send_file(&line, job.files[i]->d_name, &flight);
		else
			transact(&line, &job.flight);
	line_close(&line);
	return NULL;
}

static int
is_file(const struct dirent *entry)
{
	return entry->d_type == DT_REG;
}

/* list - the files that are to be sent, in their order */
static void
list(void)
{
	int count = scandir(job.directory, &job.files, is_file, alphasort);

	job.dirfd = open(job.directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (count < 0 || job.dirfd == -1)
		die(EX_NOINPUT, "cannot read %s", job.directory);
	job.count = (unsigned long)count;
}

static void
compose(void)
{
	static const char text[] = "The quick brown fox jumps over the lazy "
	    "dog, and over it, and once more.\r\n";
	struct buf content = BUF;

	buf_text(&content, "Subject: one among many\r\n\r\n");
	while (content.len < job.size)
		buf_text(&content, text);
	add_commands(&job.flight, content.len);
	buf_bytes(&job.flight, content.data, content.len);
	buf_drop(&content);
}

static long long
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000LL + time.tv_nsec / 1000;
}

static void
options_read(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "S:n:p:s:d:")) != -1)
		switch (c) {
		case 'S': job.server = endpoint_find(optarg); break;
		case 'n': job.count = strtoul(optarg, NULL, 10); break;
		case 'p': job.connections = strtoul(optarg, NULL, 10); break;
		case 's': job.size = strtoul(optarg, NULL, 10); break;
		case 'd': job.directory = optarg; break;
		default: die(EX_USAGE, "%s", usage);
		}
	if (job.server == NULL || optind < argc || job.connections == 0 ||
	    job.connections > 1000)
		die(EX_USAGE, "%s", usage);
}

int
main(int argc, char **argv)
{
	pthread_t threads[1000];
	long long started;

	options_read(argc, argv);
	signal(SIGPIPE, SIG_IGN);
	context = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
	compose();
	warm_up();
	if (job.directory != NULL)
		list();
	started = now();
	for (unsigned long i = 0; i < job.connections; i++)
		if (pthread_create(&threads[i], NULL, connection_run, NULL) != 0)
			die(EX_OSERR, "no thread");
	for (unsigned long i = 0; i < job.connections; i++)
		pthread_join(threads[i], NULL);
	printf("%lld\n", now() - started);
	SSL_SESSION_free(session);
	SSL_CTX_free(context);
	freeaddrinfo(job.server);
	buf_drop(&job.flight);
	if (job.files != NULL)
		for (unsigned long i = 0; i < job.count; i++)
			free(job.files[i]);
	free(job.files);
	return EX_OK;
}
