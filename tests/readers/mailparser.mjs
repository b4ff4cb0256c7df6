// SPDX-License-Identifier: BSD-2-Clause
//
// mailparser - copies as npm's mailparser reads them (see found.py)
import { digest, lines, listed, load, tell } from './found.mjs';

const { simpleParser } = load('mailparser');
const parse = (raw) => simpleParser(raw,
    { skipHtmlToText: true, skipTextToHtml: true });

async function report(raw) {
	const mail = await parse(raw);
	const other = mail.attachments.find(
	    (part) => part.contentType !== 'message/rfc822');

	if (other)
		throw new Error(`a part of type ${other.contentType}`);
	return { ...lines(mail.text),
		attached: mail.attachments.map((part) => digest(part.content)),
		as: 'bytes' };
}

// shown - all that it tells, but for the first fields
function shown(mail, without) {
	return digest(JSON.stringify([mail.headerLines.slice(without),
		mail.text, mail.html, mail.attachments.map((part) =>
		    [part.contentType, part.filename, digest(part.content)])]));
}

// ours - how many fields stand on top of the message
const ours = (mail) => 1 +
    mail.headerLines.findIndex((line) => line.key === 'received');

async function plain(raw) {
	const mail = await parse(raw);

	return { sender: mail.headers.get('x-cse-mailfrom'),
		subject: mail.subject ?? '',
		recipients: listed(mail.headers.get('x-cse-rcptto')),
		message: shown(mail, ours(mail)) };
}

async function alone(raw) {
	const mail = await parse(raw);

	return { subject: mail.subject ?? '', message: shown(mail, 0) };
}

await tell('mailparser', { '': report, '-b': plain, '-m': alone });
