/* SPDX-License-Identifier: BSD-2-Clause */
#include "forward/tls/tls_sessions.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* A session is kept as bytes, so that no two connections share an object of
 * the library's.  A connection knows its slot by number: when the slot was
 * given to another name meanwhile, there is none of that number any more. */
struct slot {
	char		*name;		/* NULL: free */
	uintptr_t	 number;
	uint64_t	 used;		/* the higher, the later */
	unsigned char	*bytes;		/* or NULL */
	int		 size;
};

struct tls_sessions {
	pthread_mutex_t	 lock;		/* of what follows */
	struct slot	 slots[TLS_SESSIONS_MAX];
	uintptr_t	 numbers;
	uint64_t	 uses;
};

static void
slot_drop(struct slot *slot)
{
	OPENSSL_free(slot->bytes);
	free(slot->name);
	*slot = (struct slot){ .name = NULL };
}

/* slot_of - the slot of this name, or else the one that was used longest ago,
 * for it; the lock is held */
static struct slot *
slot_of(struct tls_sessions *sessions, const char *name)
{
	struct slot *oldest = &sessions->slots[0];

	for (size_t i = 0; i < TLS_SESSIONS_MAX; i++) {
		struct slot *slot = &sessions->slots[i];

		if (slot->name != NULL && strcmp(slot->name, name) == 0)
			return slot;
		if (slot->used < oldest->used)
			oldest = slot;
	}
	slot_drop(oldest);
	oldest->name = mem_text(name);
	oldest->number = ++sessions->numbers;
	return oldest;
}

/* keep - in the slot of that number, if it is there; the lock is held.  What
 * is not kept any more goes back */
static unsigned char *
keep(struct tls_sessions *sessions, uintptr_t number, unsigned char *bytes,
    int size)
{
	for (size_t i = 0; number != 0 && i < TLS_SESSIONS_MAX; i++) {
		struct slot *slot = &sessions->slots[i];
		unsigned char *old = slot->bytes;

		if (slot->number != number)
			continue;
		slot->bytes = bytes;
		slot->size = size;
		return old;
	}
	return bytes;
}

/* on_session - the library has a new session; 0: we do not keep the object */
static int
on_session(SSL *ssl, SSL_SESSION *session)
{
	struct tls_sessions *sessions =
	    SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
	uintptr_t number = (uintptr_t)SSL_get_app_data(ssl);
	unsigned char *bytes = NULL;
	int size = i2d_SSL_SESSION(session, &bytes);

	if (size > 0) {
		pthread_mutex_lock(&sessions->lock);
		bytes = keep(sessions, number, bytes, size);
		pthread_mutex_unlock(&sessions->lock);
	}
	OPENSSL_free(bytes);
	return 0;
}

/* tls_sessions_new - none yet */
struct tls_sessions *
tls_sessions_new(SSL_CTX *context)
{
	struct tls_sessions *sessions = mem_new(sizeof(*sessions));

	pthread_mutex_init(&sessions->lock, NULL);
	SSL_CTX_set_app_data(context, sessions);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT |
	    SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(context, on_session);
	return sessions;
}

/* tls_sessions_free - all of them */
struct tls_sessions *
tls_sessions_free(struct tls_sessions *sessions)
{
	if (sessions == NULL)
		return NULL;
	for (size_t i = 0; i < TLS_SESSIONS_MAX; i++)
		slot_drop(&sessions->slots[i]);
	pthread_mutex_destroy(&sessions->lock);
	free(sessions);
	return NULL;
}

/* tls_sessions_resume - and make this the name of those to come */
void
tls_sessions_resume(struct tls_sessions *sessions, const char *name, SSL *ssl)
{
	SSL_SESSION *session = NULL;
	struct slot *slot;

	pthread_mutex_lock(&sessions->lock);
	slot = slot_of(sessions, name);
	slot->used = ++sessions->uses;
	/* NOLINTNEXTLINE: a number, which is never dereferenced */
	SSL_set_app_data(ssl, (void *)slot->number);
	if (slot->bytes != NULL) {
		const unsigned char *bytes = slot->bytes;

		session = d2i_SSL_SESSION(NULL, &bytes, slot->size);
	}
	pthread_mutex_unlock(&sessions->lock);
	if (session != NULL)
		(void)SSL_set_session(ssl, session);
	SSL_SESSION_free(session);
}
