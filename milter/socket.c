/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libmilter/mfapi.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/behalf.h"
#include "base/mem.h"
#include "base/own.h"
#include "milter/listener.h"

/* A connect(2) that finds the queue full fails at once, and with it the copies
 * of a whole SMTP session. */
enum { BACKLOG = SOMAXCONN };

/* The unix socket that is ours; a reload may bring another name. */
static char opened[sizeof(((struct sockaddr_un *)NULL)->sun_path)];

static int
bad(const struct conf *conf, const char *why, struct err *err)
{
	return err_set(err, ERR_NEVER, "%s: milter_socket: '%.100s' %s",
	    conf_where(conf, "milter_socket"), conf->milter_socket, why);
}

/* unix_path - after the type, or NULL for an inet socket */
static const char *
unix_path(const struct conf *conf)
{
	const char *socket = conf->milter_socket;

	if (*socket == '/')
		return socket;
	if (strncmp(socket, "unix:", 5) == 0)
		return socket + 5;
	return strncmp(socket, "local:", 6) == 0 ? socket + 6 : NULL;
}

/* is_port - a number, up to the end or an @ */
static bool
is_port(const char *text)
{
	char *end;
	unsigned long port = strtoul(text, &end, 10);

	return *text >= '0' && *text <= '9' && (*end == '\0' || *end == '@') &&
	    port >= 1 && port <= 65535;
}

/* inet_name - inet:HOST:PORT or inet:PORT@HOST, as the latter */
static int
inet_name(const struct conf *conf, struct buf *out, struct err *err)
{
	const char *socket = conf->milter_socket;
	const char *rest = strchr(socket, ':'), *colon;
	int type;

	if (strncmp(socket, "inet:", 5) != 0 &&
	    strncmp(socket, "inet6:", 6) != 0)
		return bad(conf, "is neither unix:PATH nor inet:PORT@HOST", err);
	type = (int)(rest++ - socket);
	colon = strrchr(rest, ':');
	if (!is_port(strchr(rest, '@') == NULL && colon != NULL ? colon + 1 :
	    rest))
		return bad(conf, "has no port from 1 to 65535", err);
	if (strchr(rest, '@') != NULL)
		buf_text(out, socket);
	else if (colon == NULL)
		buf_format(out, "%s@%s", socket, type == 5 ? "[::1]" :
		    "127.0.0.1");
	else
		buf_format(out, "%.*s:%s@%.*s", type, socket, colon + 1,
		    (int)(colon - rest), rest);
	return 0;
}

/* socket_name - milter_socket as libmilter wants it */
int
socket_name(const struct conf *conf, struct buf *out, bool *out_unix,
    struct err *err)
{
	const char *path = unix_path(conf);
	struct sockaddr_un sun;

	*out_unix = path != NULL;
	if (path == NULL)
		return inet_name(conf, out, err);
	if (*path != '/')
		return bad(conf, "is no absolute path", err);
	if (strlen(path) >= sizeof(sun.sun_path))
		return bad(conf, "is longer than a unix socket's name may be",
		    err);
	buf_format(out, "unix:%s", path);
	return 0;
}

/* socket_exposed - to more than this host */
bool
socket_exposed(const struct conf *conf, struct err *err)
{
	static const char *const here[] = { "127.", "[127.", "localhost",
		"[::1]", "::1" };
	own(buf) struct buf name = BUF;
	bool is_unix;
	const char *host;

	if (socket_name(conf, &name, &is_unix, err) == -1 || is_unix)
		return false;
	host = strrchr(name.data, '@') + 1;
	for (size_t i = 0; i < sizeof(here) / sizeof(*here); i++)
		if (strncmp(host, here[i], strlen(here[i])) == 0)
			return false;
	(void)bad(conf, "lets other hosts in, who may have anything copied: "
	    "use a unix socket, or 127.0.0.1", err);
	return true;
}

/* find_group - of the socket; -1: whatever the user has */
static int
find_group(const struct conf *conf, gid_t *out, struct err *err)
{
	const struct group *group;

	*out = (gid_t)-1;
	if (*conf->milter_socket_group == '\0')
		return 0;
	errno = 0;
	group = getgrnam(conf->milter_socket_group);
	if (group == NULL && errno != 0 && errno != ENOENT && errno != ESRCH) {
		err_sys(err, "group %.60s", conf->milter_socket_group);
		return err_wrap(err, "%s: milter_socket_group",
		    conf_where(conf, "milter_socket_group"));
	}
	if (group == NULL)
		return err_set(err, ERR_NEVER,
		    "%s: milter_socket_group: no group '%.60s'",
		    conf_where(conf, "milter_socket_group"),
		    conf->milter_socket_group);
	*out = group->gr_gid;
	return 0;
}

/* socket_check - as far as can be told without opening it */
int
socket_check(const struct conf *conf, struct err *err)
{
	own(buf) struct buf name = BUF;
	bool is_unix;
	gid_t ignored;

	if (socket_name(conf, &name, &is_unix, err) == -1)
		return -1;
	return find_group(conf, &ignored, err);
}

/* socket_place - is there a directory to make it in? */
int
socket_place(const struct conf *conf, struct err *err)
{
	const char *path = unix_path(conf);
	const char *slash = path == NULL ? NULL : strrchr(path, '/');
	own(str) char *dir = slash == NULL || slash == path ? NULL :
	    mem_bytes(path, (size_t)(slash - path));

	if (dir == NULL || access(dir, F_OK) == 0)
		return 0;
	bad(conf, "has no directory yet", err);
	err->kind = ERR_LATER;
	return -1;
}

/* in_use - which may pass */
static int
in_use(const struct conf *conf, struct err *err)
{
	bad(conf, "is in use by another program", err);
	err->kind = ERR_LATER;
	return -1;
}

/* remove_stale - make room where nobody listens any more: the kernel refuses then,
 * and whatever else it says, somebody may */
static int
remove_stale(const struct conf *conf, const char *path, struct err *err)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	own(fd) int fd = -1;
	struct stat st;

	if (lstat(path, &st) == -1)
		return 0;
	if (!S_ISSOCK(st.st_mode))
		return bad(conf, "is there and is no socket", err);
	strcpy(sun.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return err_sys(err, "socket");
	if (connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == 0 ||
	    errno == EAGAIN || errno == EPROTOTYPE)
		return in_use(conf, err);
	if (errno != ECONNREFUSED)
		return err_sys(err, "connect to %s", path);
	if (unlink(path) == -1)
		return err_sys(err, "remove %s", path);
	return 0;
}

/* later_user - whom the socket is for; NULL: us */
static const struct passwd *
later_user(const struct conf *conf)
{
	return *conf->user != '\0' && geteuid() == 0 ? getpwnam(conf->user) :
	    NULL;
}

/* pin_socket - that very one, whatever is done to its name: -1, if it is not
 * what that user (NULL: we) has made */
static int
pin_socket(const char *path, const struct passwd *user, int *out,
    struct err *err)
{
	own(fd) int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd == -1 || fstat(fd, &st) == -1)
		return err_sys(err, "look at %s", path);
	if (!S_ISSOCK(st.st_mode) || st.st_nlink != 1 ||
	    st.st_uid != (user != NULL ? user->pw_uid : geteuid()))
		return err_set(err, ERR_LATER, "%s was replaced while it was "
		    "opened", path);
	*out = fd_give(&fd);
	return 0;
}

/* give_socket - to the user and the group of the configuration; its mode it
 * has from the umask that it was made under */
static int
give_socket(const struct conf *conf, int fd, const struct passwd *user,
    struct err *err)
{
	gid_t gid;

	if (find_group(conf, &gid, err) == -1)
		return -1;
	if (gid == (gid_t)-1 && user != NULL)
		gid = user->pw_gid;
	if (fchownat(fd, "", user != NULL ? user->pw_uid : (uid_t)-1, gid,
	    AT_EMPTY_PATH) == -1)
		return err_sys(err, "chown %s", unix_path(conf));
	return 0;
}

/* listen_at - by libmilter */
static int
listen_at(const struct conf *conf, char *name, int given, struct err *err)
{
	mode_t mask = umask(0777 & ~conf->milter_socket_mode);
	int result = smfi_setbacklog(BACKLOG) == MI_SUCCESS &&
	    smfi_setconn(name) == MI_SUCCESS ?
	    listener_open(given) : -1;

	umask(mask);
	if (result == 0)
		return 0;
	if (listener_wrong())
		return bad(conf, "is not the socket that was opened for us: "
		    "ListenStream of tdc-milter.socket has to be the same",
		    err);
	bad(conf, errno != 0 ? strerror(errno) : "cannot be opened", err);
	err->kind = ERR_LATER;
	return -1;
}

/* open_unix - a socket, and a descriptor of its file */
static int
open_unix(const struct conf *conf, char *name, const struct passwd *maker,
    int *out, struct err *err)
{
	const char *path = unix_path(conf);

	if (remove_stale(conf, path, err) == -1 ||
	    listen_at(conf, name, -1, err) == -1)
		return -1;
	return pin_socket(path, maker, out, err);
}

/* open_unix_for - as that user where it has a hand in the way there */
static int
open_unix_for(const struct conf *conf, char *name, const struct passwd *user,
    int *out, struct err *err)
{
	struct behalf behalf;
	int result;

	if (user == NULL || behalf_safe(unix_path(conf), user))
		return open_unix(conf, name, NULL, out, err);
	if (behalf_begin(&behalf, user, err) == -1)
		return -1;
	result = open_unix(conf, name, user, out, err);
	behalf_end(&behalf);
	return result == 0 ? 0 : err_wrap(err, "as user %s", user->pw_name);
}

/* take_given - in place of one that is opened */
static int
take_given(const struct conf *conf, const struct given *given, char *name,
    struct err *err)
{
	if (given->sockets > 1)
		return bad(conf, "is one socket, and more were opened for us: "
		    "tdc-milter.socket may have one ListenStream", err);
	return listen_at(conf, name, given->socket, err);
}

/* socket_open - listen */
int
socket_open(const struct conf *conf, const struct given *given,
    struct err *err)
{
	const struct passwd *user = later_user(conf);
	own(buf) struct buf name = BUF;
	own(fd) int fd = -1;
	bool is_unix;

	if (socket_name(conf, &name, &is_unix, err) == -1)
		return -1;
	if (given->socket != -1) {
		if (take_given(conf, given, name.data, err) == -1)
			return -1;
	} else if (socket_place(conf, err) == -1 ||
	    (is_unix ? open_unix_for(conf, name.data, user, &fd, err) :
	    listen_at(conf, name.data, -1, err)) == -1) {
		return -1;
	}
	if (!is_unix || given->held)
		return 0;
	strcpy(opened, unix_path(conf));
	return fd == -1 ? 0 : give_socket(conf, fd, user, err);
}

/* socket_remove - the unix socket that was opened */
void
socket_remove(void)
{
	if (*opened != '\0')
		(void)unlink(opened);
}

/* socket_leave - to who has it, too */
void
socket_leave(void)
{
	*opened = '\0';
}
