import { HeddleError, type Blobs, type FileRef, type PlanInterface, type Port } from '@heddle/core';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { fileName } from '../files/file-name.js';
import { checkDepth } from '../http/check-depth.js';
import { mediaTypeOf } from '../files/media-type.js';
import { keepDataUrls } from '../files/keep-data-urls.js';

const Inputs = z.record(z.string(), z.unknown());

/** How a published workflow is asked, beside its inputs. */
export interface PublishedHeaders {
  readonly version?: number;
  readonly idempotencyKey?: string;
  readonly timeoutMs?: number;
  readonly isAsync: boolean;
  readonly isStream: boolean;
}

/** Reads the headers of a request. Errors: `bad_request` naming the header. */
export function readHeaders(headers: FastifyRequest['headers'], maxTimeoutMs: number): PublishedHeaders {
  const version = headers['heddle-version'];
  const key = headers['idempotency-key'];
  const timeout = headers['heddle-timeout'];
  if (version !== undefined && !/^[1-9]\d{0,8}$/.test(String(version)))
    throw badHeader('Heddle-Version', 'a version number');
  if (key !== undefined && !/^[\x21-\x7e]{1,255}$/.test(String(key)))
    throw badHeader('Idempotency-Key', '1 to 255 visible characters');
  if (timeout !== undefined && !/^[1-9]\d{0,11}$/.test(String(timeout)))
    throw badHeader('Heddle-Timeout', 'a whole number of milliseconds');
  return {
    ...(version === undefined ? {} : { version: Number(version) }),
    ...(key === undefined ? {} : { idempotencyKey: String(key) }),
    timeoutMs: Math.min(timeout === undefined ? maxTimeoutMs : Number(timeout), maxTimeoutMs),
    isAsync: /(?:^|,)\s*respond-async\s*(?:[,;]|$)/i.test(String(headers['prefer'] ?? '')),
    isStream: /text\/event-stream/i.test(headers.accept ?? ''),
  };
}

/** What a door lets its callers send. */
export interface InputRules {
  /** A file must come along itself: a reference could name one of somebody else. */
  readonly onlySentFiles?: boolean;
  /** Of all files of a request together, which are kept only where the whole request could be read. */
  readonly maxBytes?: number;
  /** Told how many bytes of a part were read, also of one that broke off. */
  readonly onRead?: (bytes: number) => void;
}

/**
 * Reads the inputs of a request: a JSON object, or multipart with a part for each input; files, also as data URLs, become stored files. Errors:
 * `bad_request`, `unsupported_media_type`, `input_unknown`, `input_type`, `input_too_large`, `payload_too_large`.
 */
export async function readInputs(
  request: FastifyRequest,
  face: PlanInterface,
  blobs: Blobs,
  rules: InputRules = {},
): Promise<Readonly<Record<string, unknown>>> {
  if (request.isMultipart()) return readParts(request, face, blobs, rules);
  const type = request.headers['content-type'];
  if (type !== undefined && !/^application\/json\s*(?:;|$)/i.test(type))
    throw new HeddleError('unsupported_media_type', 'Send the inputs as application/json or as multipart/form-data.');
  const parsed = Inputs.safeParse(request.body ?? {});
  if (!parsed.success)
    throw new HeddleError('bad_request', 'The body must be a JSON object with a member for each input.');
  for (const [name, value] of Object.entries(parsed.data)) checkReference(name, face, value, rules);
  return keepDataUrls(parsed.data, face, blobs);
}

async function readParts(
  request: FastifyRequest,
  face: PlanInterface,
  blobs: Blobs,
  rules: InputRules,
): Promise<Readonly<Record<string, unknown>>> {
  const inputs = new Map<string, unknown>();
  const seen = new Set<string>();
  const later: (() => Promise<void>)[] = [];
  let bytes = 0;
  for await (const part of request.parts()) {
    const { fieldname } = part;
    const port = portOf(face, fieldname);
    if (seen.has(fieldname) && !(part.type === 'file' && port.type.endsWith('[]')))
      throw new HeddleError('input_type', `The part '${fieldname}' came twice, and '${fieldname}' takes one value.`, {
        details: { input: fieldname },
      });
    seen.add(fieldname);
    if (part.type === 'field') {
      const isParsed = part.mimetype === 'application/json';
      const text = isParsed ? textOf(fieldname, part.value) : String(part.value);
      rules.onRead?.(Buffer.byteLength(text));
      if (part.valueTruncated)
        throw new HeddleError(
          'input_too_large',
          `The part '${fieldname}' is larger than HEDDLE_INPUT_LIMIT allows: put long texts into a file or a collection.`,
          { details: { input: fieldname } },
        );
      const isPlain = port.type === 'Text' || (takesFiles(port.type) && text.startsWith('data:'));
      const value = isParsed ? part.value : isPlain ? text : jsonOf(fieldname, text);
      checkReference(fieldname, face, value, rules);
      inputs.set(fieldname, value);
      continue;
    }
    if (port.type === 'Text' || (rules.onlySentFiles === true && !takesFiles(port.type)))
      throw new HeddleError('input_type', `'${fieldname}' takes no file.`, { details: { input: fieldname } });
    const content = await part.toBuffer().finally(() => rules.onRead?.(part.file.bytesRead));
    bytes += content.length;
    if (part.file.truncated || bytes > (rules.maxBytes ?? Infinity))
      throw new HeddleError(
        'payload_too_large',
        `The file '${part.filename}' is larger than HEDDLE_UPLOAD_LIMIT allows${part.file.truncated ? '' : ', with those before it'}.`,
      );
    const keep = async (): Promise<void> => {
      const name = fileName(part.filename);
      const file: FileRef = await blobs.put(content, { name, mediaType: await mediaTypeOf(content, name) });
      const before = z.array(z.unknown()).catch([]).parse(inputs.get(fieldname));
      inputs.set(fieldname, port.type.endsWith('[]') ? [...before, file] : file);
    };
    if (rules.maxBytes === undefined) await keep();
    else later.push(keep);
  }
  for (const keep of later) await keep();
  return keepDataUrls(Object.fromEntries(inputs), face, blobs);
}

/** Errors: `bad_request` for a part without a name, which the parser hands on, `input_unknown`. */
function portOf({ inputs }: PlanInterface, name: string | undefined): Port {
  if (name === undefined)
    throw new HeddleError('bad_request', 'A part has no name: each is named after its input (Content-Disposition).');
  const port = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
  if (port !== undefined) return port;
  const input = name.slice(0, 80);
  throw new HeddleError('input_unknown', `The workflow has no input '${input}'.`, { details: { input } });
}

const takesFiles = (type: string): boolean => /^(?:File|Image)/.test(type);
/** The name of a stored file, anywhere in a value: what a run gives back of it could be fetched. */
const storedName = /"sha256:[0-9a-f]{64}"/;

/** Errors: `input_type`. */
function checkReference(name: string, face: PlanInterface, value: unknown, { onlySentFiles }: InputRules): void {
  const type = Object.hasOwn(face.inputs, name) ? face.inputs[name]?.type : undefined;
  if (onlySentFiles !== true || value === null || type === undefined || type === 'Text') return;
  if (!takesFiles(type) && !storedName.test(JSON.stringify(value))) return;
  throw new HeddleError('input_type', `Send the file of '${name}' itself, as multipart/form-data.`, {
    details: { input: name },
  });
}

/** The text of a part that is declared as JSON, and so comes parsed. Errors: `input_type` where it is too deep. */
function textOf(name: string, value: unknown): string {
  try {
    const text = JSON.stringify(value);
    checkDepth(text);
    return text;
  } catch (cause) {
    throw new HeddleError('input_type', `The part '${name}' has too many levels.`, { cause, details: { input: name } });
  }
}

function jsonOf(name: string, text: string): unknown {
  try {
    checkDepth(text);
    return JSON.parse(text);
  } catch (cause) {
    throw new HeddleError('input_type', `The part '${name}' must be JSON.`, { cause, details: { input: name } });
  }
}

function badHeader(name: string, form: string): HeddleError {
  return new HeddleError('bad_request', `The header ${name} must be ${form}.`, { details: { header: name } });
}
