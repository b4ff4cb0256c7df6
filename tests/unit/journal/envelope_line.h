/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * envelope_line - an envelope, and the line that it is in a copy
 */
#ifndef TESTS_ENVELOPE_LINE_H
#define TESTS_ENVELOPE_LINE_H

#include "journal/envelope.h"
#include "tests/unit/scratch.h"

static const char *const two[] = { "a@b.example", "\"x y\"@[192.0.2.1]" };

__attribute__((unused)) static const struct envelope usual = {
	.mid = 255,
	.intake = "in@take.example",
	.sender = "s@x.example",
	.recipients = (const char **)two,
	.recipient_count = 2,
	.queue_id = "4YbCdE3xkzz1V",
	.message_id = "<1@x.example>",
	.client_addr = "192.0.2.1",
	.client_name = "mx.x.example",
	.helo = "mx",
	.protocol = "ESMTPS",
	.gateway = "gw.example",
	.policy = "EMEA",
	.accepted = 1708118362123,
	.length = 20480,
	.header_length = 512,
	.longest_line = 998,
	.eight_bit = true,
	.smtputf8 = false,
	.binary = false,
	.booted = 86400001,
};

static const char usual_line[] =
    "{\"mid\":255,\"intake\":\"in@take.example\",\"sender\":\"s@x.example\","
    "\"recipients\":[\"a@b.example\",\"\\\"x y\\\"@[192.0.2.1]\"],"
    "\"queue_id\":\"4YbCdE3xkzz1V\",\"message_id\":\"<1@x.example>\","
    "\"client_addr\":\"192.0.2.1\",\"client_name\":\"mx.x.example\","
    "\"helo\":\"mx\",\"protocol\":\"ESMTPS\",\"gateway\":\"gw.example\","
    "\"policy\":\"EMEA\",\"accepted\":1708118362123,\"length\":20480,"
    "\"header_length\":512,\"longest_line\":998,\"eight_bit\":true,"
    "\"smtputf8\":false,\"binary\":false,\"booted\":86400001,"
    "\"outgoing\":false}";

#endif
