// SPDX-License-Identifier: BSD-2-Clause
//
// found - what a reader finds in copies, for the readers in JavaScript
// (see found.py)
import crypto from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

// load - a module that tests/readers/npm.sh has fetched
export const load =
    createRequire(new URL('../../build/readers/', import.meta.url));

export function digest(...pieces) {
	const hash = crypto.createHash('sha256');

	for (const piece of pieces)
		hash.update(piece);
	return hash.digest('hex');
}

// lines - the text of a report: each field once, but for one recipient or more
export function lines(text) {
	const values = {};

	for (const line of text.split(/\r?\n/).filter((line) => line.trim())) {
		const match = /^(Sender|Subject|Message-Id|Recipient):(.*)$/
		    .exec(line);

		if (!match)
			throw new Error(`a line '${line}'`);
		(values[match[1]] ??= []).push(match[2].trim());
	}
	for (const name of ['Sender', 'Subject', 'Message-Id'])
		if (values[name]?.length !== 1)
			throw new Error(`not one line ${name}`);
	return { sender: values.Sender[0], subject: values.Subject[0],
		recipients: values.Recipient ?? [] };
}

// listed - the addresses of X-CSE-RcptTo
export function listed(value) {
	return value.match(/(?:"(?:[^"\\]|\\.)*"|[^",])+/g)
	    .map((address) => address.trim());
}

// tell - a line for each file; read is a function for each way of reading
export async function tell(reader, read) {
	const mode = /^-[bm]$/.test(process.argv[2]) ? process.argv[2] : '';

	for (const file of process.argv.slice(mode ? 3 : 2)) {
		let found;

		try {
			found = await read[mode](fs.readFileSync(file));
		} catch (error) {
			found = { refused: String(error) };
		}
		console.log(JSON.stringify({ reader,
			case: path.basename(file, '.eml'), ...found }));
	}
}
