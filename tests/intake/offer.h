/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * offer - what the intake offers, and how it serves
 *
 * Set by the options; none of it changes once the first client is there.
 */
#ifndef TESTS_INTAKE_OFFER_H
#define TESTS_INTAKE_OFFER_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

extern struct offer {
	bool		 pipelining, chunking, eightbitmime, binarymime,
			 smtputf8, enhancedstatuscodes, starttls, size;
	uint64_t	 limit;		/* of SIZE; 0: none */
	unsigned long	 mailmax;	/* of LIMITS; 0: none */
	const char	*name;		/* in the greeting */
	SSL_CTX		*tls;		/* NULL: no TLS */
	bool		 tls_implicit;
	bool		 content_checks;
	unsigned long	 hold;	/* messages that replies to MAIL wait for */
} offer;

/* Take a list of -o; out of its text pieces are cut. */
int	offer_parse(char *list, struct err *);

/* One parameter of MAIL: the reply that refuses it, or NULL; *body becomes
 * what BODY= says. */
const char *offer_parameter(const char *word, const char **body);

#endif
