import { inSlices, yieldToEventLoop } from '@heddle/adapters/event-loop';
import { HeddleError, parseJsonSteps } from '@heddle/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { isUtf8 } from 'node:buffer';
import { mostValuesOf } from './body-bounds.js';

type BodyDone = (error: Error | null, body?: unknown) => void;

/** The media types that clients send by default: curl a form, `fetch` text. */
const form = 'application/x-www-form-urlencoded';
const undeclared = [form, 'text/plain'];

/** Routes whose standard requires forms (OAuth). */
const takesForms = /^\/oauth\/(?:token|revoke)(?:\?|$)/;

/**
 * Parses JSON bodies, and passes multipart bodies through. A form or text is refused unless it is empty or its route accepts forms. Errors:
 * `bad_json`, `body_too_complex`, `unsupported_media_type`.
 */
export function parseBodies(app: NestFastifyApplication, bodyLimit: number): void {
  app.useBodyParser('application/json', { bodyLimit }, (request: FastifyRequest, body: Buffer) =>
    readJson(body, mostValuesOf(request)),
  );
  // Parsed as an object, such a body would lack the members that its sender wrote, and a run would start without inputs.
  for (const type of undeclared)
    app.useBodyParser(type, { bodyLimit }, (request: FastifyRequest, body: Buffer, done: BodyDone) => {
      if (body.length === 0) done(null);
      else if (type === form && takesForms.test(request.url)) done(null, readForm(body));
      else done(new HeddleError('unsupported_media_type', sendJson));
    });
}

/** The fields of a form. A field that is sent twice is `null`, so its route refuses it. */
function readForm(body: Buffer): Readonly<Record<string, unknown>> {
  const fields = new Map<string, unknown>();
  for (const [name, value] of new URLSearchParams(body.toString('utf8')))
    fields.set(name, fields.has(name) ? null : value);
  return Object.fromEntries(fields);
}

/** The advice in the error for a body that is neither JSON nor multipart. */
export const sendJson =
  "Send the body as JSON with the header 'content-type: application/json', and files as parts of multipart/form-data.";

/** A byte order mark is not part of the text (RFC 8259, 8.1). */
const byteOrderMark = '\ufeff';

/** From this size in bytes, a body is parsed in steps. */
const large = 200_000;

/**
 * Parses a JSON body; an empty one is undefined. Invalid UTF-8 is refused, because decoding would replace characters. A large body is
 * parsed in steps. Errors: `bad_json`, `body_too_complex`.
 */
async function readJson(body: Buffer, most: number): Promise<unknown> {
  if (body.length === 0) return undefined;
  if (!isUtf8(body))
    throw new HeddleError('bad_json', 'The body is not UTF-8: JSON is sent in UTF-8, whatever its Content-Type says.');
  const text = body.toString('utf8');
  const isLarge = body.length > large;
  if (isLarge) await yieldToEventLoop();
  try {
    return await inSlices(parseJsonSteps(text.startsWith(byteOrderMark) ? text.slice(1) : text, most));
  } catch (cause) {
    if (cause instanceof HeddleError) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new HeddleError('bad_json', `The body is not valid JSON: ${why}`, { cause });
  } finally {
    if (isLarge) await yieldToEventLoop();
  }
}
