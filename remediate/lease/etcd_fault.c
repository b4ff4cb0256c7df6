/* SPDX-License-Identifier: BSD-2-Clause */
#include <jansson.h>
#include <string.h>

#include "base/escape.h"
#include "remediate/lease/etcd_answer.h"

/* What codes of gRPC mean here; the others are as UNKNOWN. */
static const struct {
	int		 code;
	enum etcd_fault	 fault;
	enum err_kind	 kind;
} rows[] = {
	{ 3,  ETCD_REQUEST, ERR_NEVER },	/* INVALID_ARGUMENT */
	{ ETCD_NOT_FOUND, ETCD_REQUEST, ERR_LATER },
	{ 7,  ETCD_REQUEST, ERR_NEVER },	/* PERMISSION_DENIED */
	{ 8,  ETCD_REQUEST, ERR_LATER },	/* RESOURCE_EXHAUSTED: no space */
	{ 9,  ETCD_REQUEST, ERR_NEVER },	/* FAILED_PRECONDITION */
	{ 12, ETCD_REQUEST, ERR_NEVER },	/* UNIMPLEMENTED */
	{ 16, ETCD_TOKEN,   ERR_LATER },	/* UNAUTHENTICATED */
};

/* is_old_token - it was given before users or roles were changed; the code of
 * that is another one in each version */
static bool
is_old_token(const char *text)
{
	return strstr(text, "revision in header is old") != NULL ||
	    strstr(text, "revision of auth store is old") != NULL;
}

static enum etcd_fault
judge(int code, const char *text, struct err *err)
{
	enum etcd_fault fault = ETCD_MEMBER;
	enum err_kind kind = ERR_LATER;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].code == code) {
			fault = rows[i].fault;
			kind = rows[i].kind;
		}
	if (is_old_token(text)) {
		fault = ETCD_TOKEN;
		kind = ERR_LATER;
	}
	err_set(err, kind, "%s", ESCAPE(text));
	return fault;
}

/* etcd_fault_read - whose fault it is, and what it says */
enum etcd_fault
etcd_fault_read(unsigned status, const char *bytes, size_t n, int *out_code,
    struct err *err)
{
	json_t *object = json_loadb(bytes, n, 0, NULL);
	const json_t *code = json_object_get(object, "code");
	const char *text = json_string_value(json_object_get(object,
	    "message"));
	enum etcd_fault fault = ETCD_MEMBER;

	if (text == NULL)
		text = json_string_value(json_object_get(object, "error"));
	*out_code = -1;
	if (json_is_integer(code) && text != NULL && *text != '\0' &&
	    json_integer_value(code) >= 0 && json_integer_value(code) < 100) {
		*out_code = (int)json_integer_value(code);
		fault = judge(*out_code, text, err);
	} else {
		err_set(err, status == 404 ? ERR_NEVER : ERR_LATER,
		    "answer %u%s", status, status == 404 ? ": it is no etcd, "
		    "or one before 3.4, without /v3" : "");
	}
	json_decref(object);
	return fault;
}
