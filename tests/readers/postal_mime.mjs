// SPDX-License-Identifier: BSD-2-Clause
//
// postal_mime - copies as npm's postal-mime reads them (see found.py)
//
// It takes lines apart and puts them together again with LF.
import { digest, lines, listed, load, tell } from './found.mjs';

const PostalMime = load('postal-mime');
const parse = (raw) => PostalMime.parse(raw, { forceRfc822Attachments: true });

// bytes - of an attachment, without the line end that belongs to the boundary
function bytes(part) {
	const content = Buffer.from(part.content);

	return content.subarray(0, content.length - 1);
}

async function report(raw) {
	const mail = await parse(raw);
	const other = mail.attachments.find(
	    (part) => part.mimeType !== 'message/rfc822');

	if (other)
		throw new Error(`a part of type ${other.mimeType}`);
	return { ...lines(mail.text),
		attached: mail.attachments.map((part) => digest(bytes(part))),
		as: 'lines' };
}

// shown - all that it tells, but for the first fields
function shown(mail, without) {
	return digest(JSON.stringify([mail.headers.slice(without),
		mail.text, mail.html, mail.attachments.map((part) =>
		    [part.mimeType, part.filename,
			digest(Buffer.from(part.content))])]));
}

const field = (mail, name) =>
    mail.headers.find((field) => field.key === name).value;

// ours - how many fields stand on top of the message
const ours = (mail) => 1 +
    mail.headers.findIndex((field) => field.key === 'received');

async function plain(raw) {
	const mail = await parse(raw);

	return { sender: field(mail, 'x-cse-mailfrom'),
		subject: mail.subject ?? '',
		recipients: listed(field(mail, 'x-cse-rcptto')),
		message: shown(mail, ours(mail)) };
}

async function alone(raw) {
	const mail = await parse(raw);

	return { subject: mail.subject ?? '', message: shown(mail, 0) };
}

await tell('postal-mime', { '': report, '-b': plain, '-m': alone });
