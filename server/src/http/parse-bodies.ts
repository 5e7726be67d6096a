import { HeddleError } from '@heddle/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { isUtf8 } from 'node:buffer';
import { checkDepth } from './check-depth.js';

type BodyDone = (error: Error | null, body?: unknown) => void;

/** What a client sends that was not told what its body is: curl a form, `fetch` a text. */
const undeclared = ['application/x-www-form-urlencoded', 'text/plain'];

/** Bodies are JSON, or multipart where files come; a form or a text is refused, unless it is empty. Errors: `bad_json`, `unsupported_media_type`. */
export function parseBodies(app: NestFastifyApplication, bodyLimit: number): void {
  app.useBodyParser('application/json', { bodyLimit }, (_request: unknown, body: Buffer, done: BodyDone) =>
    readJson(body, done),
  );
  // Such a body would be an object without one of the members that its sender wrote: a run would begin without its inputs.
  for (const type of undeclared)
    app.useBodyParser(type, { bodyLimit }, (_request: unknown, body: Buffer, done: BodyDone) =>
      body.length === 0 ? done(null) : done(new HeddleError('unsupported_media_type', sendJson)),
    );
}

/** What to do about a body that is neither JSON nor multipart. */
export const sendJson =
  "Send the body as JSON with the header 'content-type: application/json', and files as parts of multipart/form-data.";

/** A mark that some programs put before what they write; it is no part of it (RFC 8259, 8.1). */
const byteOrderMark = '\ufeff';

/** Reads a JSON body; an empty one is none. What is not UTF-8 is refused: it would go on with signs that nobody wrote. Errors: `bad_json`. */
function readJson(body: Buffer, done: BodyDone): void {
  let parsed: unknown;
  try {
    if (!isUtf8(body))
      throw new HeddleError(
        'bad_json',
        'The body is not UTF-8: JSON is sent in UTF-8, whatever its Content-Type says.',
      );
    checkDepth(body);
    const text = body.toString('utf8');
    parsed = body.length === 0 ? undefined : JSON.parse(text.startsWith(byteOrderMark) ? text.slice(1) : text);
  } catch (cause) {
    done(
      cause instanceof HeddleError
        ? cause
        : new HeddleError(
            'bad_json',
            `The body is not valid JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
            { cause },
          ),
    );
    return;
  }
  done(null, parsed);
}
