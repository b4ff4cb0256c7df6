/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whom a connection trusts: files without certificates, servers of another name,
 * out of date or that nobody vouches for, and those that end in the middle of TLS
 *
 * NEEDS: REMEDIATION
 */
#include <fcntl.h>

#include "remediate/imap/imap_link.h"
#include "tests/unit/remediate/imap/imap_rig.h"

static struct imap_link *link_;
static char *other;		/* file */

static int
set_up(void **state)
{
	(void)state;
	rig_up(OWN);
	other = mem_format("%s/other.pem", rig.dir);
	link_ = NULL;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	link_ = imap_link_close(link_);
	free(other);
	rig_down();
	return 0;
}

/* reach - with TLS, by these files and that name of this machine */
static int
reach(const char *host, const char *ca_file, const char *ca_path)
{
	const struct imap_peer peer = { .host = host, .port = server.port,
		.ca_file = ca_file, .ca_path = ca_path, .timeout = 5000 };

	link_ = imap_link_close(link_);
	rig.err = (struct err){ 0 };
	return imap_link_open(&peer, &link_, &rig.err) == -1 ? -1 :
	    imap_link_tls(link_, &rig.err);
}

/* show_as - from now on, a certificate for these names */
static void
show_as(const char *common, const char *name, long ends, const char *path)
{
	SSL_CTX *before = server.context;

	server.context = certificate_context(common, name, ends, path);
	SSL_CTX_free(before);
}

static void
show(const char *name, long ends, const char *path)
{
	show_as("server", name, ends, path);
}

static void
files(void **state)
{
	own(str) char *empty = scratch_file(rig.dir, "empty.pem", "nothing\n");
	own(str) char *ca = mem_format("%s/ca.pem", rig.dir);
	own(str) char *none = mem_format("%s/none.pem", rig.dir);
	own(str) char *fifo = mem_format("%s/fifo.pem", rig.dir);

	(void)state;
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(reach("127.0.0.1", fifo, ""), -1);
	assert_non_null(strstr(rig.err.text, "fifo.pem: not a regular file"));
	assert_int_equal(reach("127.0.0.1", ca, ""), 0);
	assert_int_equal(reach("127.0.0.1", none, ""), -1);
	assert_int_equal(rig.err.kind, ERR_NEVER);
	assert_int_equal(strncmp(rig.err.text, none, strlen(none)), 0);
	assert_int_equal(reach("127.0.0.1", empty, ""), -1);
	assert_int_equal(rig.err.kind, ERR_NEVER);
	assert_int_equal(strncmp(rig.err.text, empty, strlen(empty)), 0);
	/* a directory in which its certificate is not */
	assert_int_equal(reach("127.0.0.1", "", rig.dir), -1);
	rig_says("certificate verify failed: self-signed certificate",
	    ERR_NEVER);
	/* the system has no reason to trust it */
	assert_int_equal(reach("127.0.0.1", "", ""), -1);
	rig_says("certificate verify failed: self-signed certificate",
	    ERR_NEVER);
	assert_int_equal(reach("127.0.0.1", ca, rig.dir), 0);
}

static void
names(void **state)
{
	struct imap_peer there = { .host = "127.0.0.1", .ca_path = "",
		.timeout = 5000 };

	(void)state;
	show("DNS:localhost", 3600, other);
	assert_int_equal(reach("localhost", other, ""), 0);
	assert_int_equal(reach("127.0.0.1", other, ""), -1);
	rig_says("certificate verify failed: IP address mismatch", ERR_NEVER);
	show("DNS:mail.example", 3600, other);
	assert_int_equal(reach("localhost", other, ""), -1);
	rig_says("certificate verify failed: hostname mismatch", ERR_NEVER);
	assert_int_equal(strncmp(rig.err.text, "localhost port ", 15), 0);
	/* as an address of another kind, on the way to this one */
	assert_int_equal(reach("localhost", other, ""), -1);
	there.port = server.port;
	there.ca_file = other;
	link_ = imap_link_close(link_);
	assert_int_equal(imap_link_open(&there, &link_, &rig.err), 0);
	link_->peer.host = "::1";
	assert_int_equal(imap_link_tls(link_, &rig.err), -1);
	rig_says("::1 port ", ERR_NEVER);
	rig_says("certificate verify failed: IP address mismatch", ERR_NEVER);
	show("IP:127.0.0.1", -60, other);
	assert_int_equal(reach("127.0.0.1", other, ""), -1);
	rig_says("certificate verify failed: certificate has expired",
	    ERR_NEVER);
}

/* reach_as - this machine, under a name that leads nowhere */
static int
reach_as(const char *host)
{
	struct imap_peer there = { .host = "127.0.0.1", .port = server.port,
		.ca_file = other, .ca_path = "", .timeout = 5000 };

	link_ = imap_link_close(link_);
	assert_int_equal(imap_link_open(&there, &link_, &rig.err), 0);
	link_->peer.host = host;
	return imap_link_tls(link_, &rig.err);
}

/* What is no name of a host, though it looks like one. */
static void
no_names(void **state)
{
	(void)state;
	show_as("localhost", NULL, 3600, other);
	assert_int_equal(reach("localhost", other, ""), -1);
	rig_says("certificate verify failed: hostname mismatch", ERR_NEVER);
	show_as("127.0.0.1", NULL, 3600, other);
	assert_int_equal(reach("127.0.0.1", other, ""), -1);
	rig_says("certificate verify failed: IP address mismatch", ERR_NEVER);
	show("DNS:*.x.example", 3600, other);
	assert_int_equal(reach_as("mail.x.example"), 0);
	show("DNS:ma*.x.example", 3600, other);
	assert_int_equal(reach_as("mail.x.example"), -1);
	rig_says("certificate verify failed: hostname mismatch", ERR_NEVER);
	assert_int_equal(server.commands, 0);
}

/* No name that a certificate could have. */
static void
no_name(void **state)
{
	own(str) char *ca = mem_format("%s/ca.pem", rig.dir);
	const struct imap_peer there = { .host = "127.0.0.1",
		.port = server.port, .ca_file = ca, .ca_path = "",
		.timeout = 5000 };

	(void)state;
	assert_int_equal(imap_link_open(&there, &link_, &rig.err), 0);
	link_->peer.host = "a name that is longer than any name of a host may "
	    "be in a certificate, or in TLS: of 255 octets and more, all of "
	    "which are said here, so that nobody, who reads it, may come to "
	    "think, that there be, in all the world, a host that is named in "
	    "such a manner, or another";
	assert_int_equal(imap_link_tls(link_, &rig.err), -1);
	rig_says("OpenSSL takes no name 'a name that is longer", ERR_NEVER);
}

/* A profile whose server is not trusted rests, and nothing was said to it. */
static void
told(void **state)
{
	(void)state;
	show("IP:127.0.0.1", 3600, other);
	assert_int_equal(rig_open("bob"), MAILBOX_LOCKED_OUT);
	rig_says("certificate verify failed", ERR_NEVER);
	assert_int_equal(server.commands, 0);
}

/* ---- the end of TLS ---- */

static SSL *peer_;
static int peer_fd;

/* talk - with a server that the test speaks for */
static void
talk(void)
{
	own(str) char *ca = mem_format("%s/ca.pem", rig.dir);
	struct imap_peer peer = { .host = "127.0.0.1", .port = server.port,
		.ca_file = ca, .ca_path = "", .timeout = 5000 };
	int fds[2];

	assert_int_equal(imap_link_open(&peer, &link_, &rig.err), 0);
	close(link_->fd);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
	    fds), 0);
	assert_int_equal(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
	link_->fd = fds[0];
	link_->peer.ca_file = "";
	peer_fd = fds[1];
	peer_ = SSL_new(server.context);
	SSL_set_fd(peer_, peer_fd);
}

static void *
shake(void *arg)
{
	(void)arg;
	must(SSL_accept(peer_) == 1);
	return NULL;
}

/* join - the handshake of both */
static void
join(void)
{
	pthread_t thread;

	talk();
	must(pthread_create(&thread, NULL, shake, NULL) == 0);
	if (imap_link_tls(link_, &rig.err) == -1)
		fail_msg("%s", rig.err.text);
	must(pthread_join(thread, NULL) == 0);
}

static void
part(void)
{
	SSL_free(peer_);
	if (peer_fd != -1)
		close(peer_fd);
	link_ = imap_link_close(link_);
}

static void
ends(void **state)
{
	(void)state;
	/* as it should */
	join();
	assert_int_equal(SSL_shutdown(peer_), 0);
	assert_int_equal(imap_link_fill(link_, &rig.err), -1);
	rig_says(": closed by the server", ERR_LATER);
	part();
	/* without a word */
	join();
	assert_int_equal(shutdown(peer_fd, SHUT_RDWR), 0);
	assert_int_equal(imap_link_fill(link_, &rig.err), -1);
	rig_says(": closed by the server", ERR_LATER);
	assert_int_equal(imap_link_write(link_, "x", 1, &rig.err), -1);
	assert_int_equal(rig.err.kind, ERR_LATER);
	part();
	/* in the middle of what we say */
	join();
	assert_int_equal(imap_link_write(link_, "x", 1, &rig.err), 0);
	SSL_free(peer_);
	peer_ = NULL;
	close(peer_fd);
	peer_fd = -1;
	assert_int_equal(imap_link_fill(link_, &rig.err), -1);
	rig_says(": Connection reset by peer", ERR_LATER);
	assert_int_equal(imap_link_write(link_, "x", 1, &rig.err), -1);
	assert_int_equal(rig.err.kind, ERR_LATER);
	part();
	/* and what is no TLS any more */
	join();
	assert_int_equal(send(peer_fd, "* OK this is no TLS\r\n", 21, 0), 21);
	assert_int_equal(imap_link_fill(link_, &rig.err), -1);
	rig_says(": TLS: ", ERR_LATER);
	part();
}

enum { MUCH = 4 << 20 };

static void *
swallow(void *arg)
{
	static char bytes[65536];
	size_t sum = 0, n;

	while (sum < MUCH && SSL_read_ex(peer_, bytes, sizeof(bytes), &n) == 1)
		sum += n;
	*(size_t *)arg = sum;
	return NULL;
}

/* More than a socket takes at once: each part waits for the other side. */
static void
full(void **state)
{
	own(str) char *much = mem_new(MUCH);
	struct err err = { 0 };
	pthread_t thread;
	size_t got = 0;

	(void)state;
	join();
	must(pthread_create(&thread, NULL, swallow, &got) == 0);
	assert_int_equal(imap_link_write(link_, much, MUCH, &err), 0);
	must(pthread_join(thread, NULL) == 0);
	assert_int_equal(got, MUCH);
	part();
	join();
	link_->peer.timeout = 50;
	assert_int_equal(imap_link_write(link_, much, MUCH, &err), -1);
	assert_non_null(strstr(err.text, ": timeout"));
	assert_int_equal(err.kind, ERR_LATER);
	part();
	join();
	link_->deadline = 0;
	assert_int_equal(imap_link_fill(link_, &err), -1);
	assert_non_null(strstr(err.text, ": timeout"));
	part();
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(files), TEST(names), TEST(no_names), TEST(no_name),
		TEST(told), TEST(ends), TEST(full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
