/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * resolver_private - contexts of libunbound, and the questions put to them
 *
 * Each question has a thread, which does nothing but wait in ub_resolve(), and
 * then goes on with one that waits for a thread: there are CONTEXT_RUNNING at
 * most, and none for what is being asked already.  The library can do with one
 * thread for all, but starts it by itself and does not say when it could not:
 * then no question is ever answered, and the context cannot be freed any more.
 * Here a thread that cannot be had is one question without an answer, and the
 * next one tries again.
 *
 * A context never changes.  When the system has other name servers, or when
 * it has not answered for DEAF_AFTER although DEAF_QUESTIONS were put to it,
 * another takes its place, and the old one goes with its last question.  Those
 * that were left since they did not answer may never go: there are DEAF_MAX of
 * them at most.
 *
 * Everything here is counted: the last user frees it, so no thread waits for
 * another.
 */
#ifndef FORWARD_RESOLVER_PRIVATE_H
#define FORWARD_RESOLVER_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "forward/net/nameservers.h"
#include "forward/net/resolver.h"

enum {
	CONTEXT_QUESTIONS = 1024,	/* of one context, with those that wait */
	CONTEXT_RUNNING = 3,	/* threads; each takes the library some two
				   megabytes */
	DEAF_QUESTIONS = 16,
	DEAF_AFTER = 60000,	/* ms; for dead name servers libunbound takes a
				   fifth of it to say so */
	DEAF_MAX = 8,
	LOOK_EVERY = 1000,	/* ms, at the system's name servers */
	FINDING_COUNT = 64,	/* answers that are kept */
	FINDING_MAX = 3600000,	/* ms */
	FINDING_NO_DATA = 1000	/* ms; most hosts have but one family, and
				   each connection asks for both */
};

/* An answer that others may have too.  Immutable but for its users: the context
 * that keeps it, and each holder. */
struct finding {
	atomic_uint	 users;
	char		*name;
	int		 type;
	struct ub_result *result;
	int64_t		 until;
	struct finding	*next;
};

struct question;

/* With the resolver's lock held, but for the first two. */
struct context {
	struct ub_ctx	*library;
	char		*servers;	/* as add_servers() took them */
	unsigned	 users;		/* the resolver, and each question */
	unsigned	 open;		/* questions */
	struct question	*put[CONTEXT_RUNNING];	/* that have a thread, or NULL */
	unsigned	 unheard;	/* those asked since the last answer */
	int64_t		 heard;		/* when the first of them was */
	bool		 deaf;		/* was left for that */
	struct finding	*findings;	/* those kept */
	unsigned	 kept;
};

/* Findings: what was asked for and what came of it.  With the lock held, where
 * there is a context. */
struct finding *finding_new(const char *name, int type, struct ub_result *);
struct finding *finding_hold(struct finding *);	/* NULL is fine */
struct finding *finding_leave(struct finding *);	/* NULL */
enum dns_status finding_status(const struct finding *, const char **why);
void	finding_keep(struct context *, struct finding *); /* one user more */
struct finding *finding_seek(const struct context *, const char *name,
	    int type);
void	finding_forget(struct context *, int64_t until);

struct resolver {
	char		*servers;	/* "": as the system has it */
	char		*anchors;	/* a file, or NULL */
	pthread_mutex_t	 lock;		/* of what follows, and of questions */
	unsigned	 users;		/* the owner, and each question */
	bool		 stopped;
	struct context	*context;	/* in force */
	unsigned	 deaf;		/* contexts that were left, and are */
	struct question	*asked;		/* those that have not come to an end */
	struct question	*waiting;	/* of them, until others have: for the
					   context in force */
	enum resolver_news news;
	char		 news_text[RESOLVER_NEWS];
	int64_t		 next_look;
	bool		 looking;	/* some thread does: what follows is
					   its, and not the lock's */
	bool		 stale;		/* the context has other servers */
	struct nameservers seen;
};

/* One look-up under way.  Its caller may leave before it ends. */
struct question {
	struct resolver	*resolver;	/* counted, and so is the context */
	struct context	*context;
	char		*name;
	int		 type;
	struct resolver_round *round;	/* that waits for it, or NULL */
	bool		 done;
	bool		 silent;	/* no name server answers */
	int		 failed;
	struct finding	*finding;	/* unless it failed */
	struct question	*next, **back;	/* among those not done */
	struct question	*after;		/* among those that wait */
	bool		 waits;
};

/* question_new - among those under way; NULL: there can be none.  The lock is
 * held.
 * question_put - let it be answered; -1: it cannot be, and is gone.
 * question_abandon - its round does not want the answer any more; the lock is
 * held.
 * question_free - and its answer, if that was not taken. */
struct question *question_new(struct resolver_round *, const char *name,
	    int type);
int	 question_put(struct question *);
void	 question_abandon(struct question *);
void	 question_free(struct question *);
bool	 question_is_ours(int failed);	/* no server was asked */

/* resolver_hold - one more question for the context in force; NULL: there may
 * be none.  The lock is held. */
struct context *resolver_hold(struct resolver *);

/* resolver_leave - the question is over.  The lock is held, and is not
 * afterwards: resolver and context may be gone. */
void	resolver_leave(struct resolver *, struct context *);

/* resolver_look - whether another context is due; without the lock. */
void	resolver_look(struct resolver *);

/* resolver_say - what resolver_news() will report; the lock is held. */
void	resolver_say(struct resolver *, enum resolver_news, const char *, ...)
	    ERR_PRINTF(3, 4);

#endif
