import type { BlobDraft } from '@heddle/adapters/blobs';
import { HeddleError, isPlainObject, type FileRef, type PlanInterface, type Port } from '@heddle/core';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { UploadStore } from '../../calls/project-files.js';
import { fileName } from '../../files/file-name.js';
import { mediaTypeOfFile } from '../../files/media-type.js';
import { storeDataUrls } from '../../files/store-data-urls.js';
import { badPart, isMultipart, partsOf, valueOf, type TextPart } from '../../files/parts-of.js';
import type { FilePart, PartLimits } from '../../files/read-multipart.js';

/** The parsed headers of a call of a published workflow. */
interface PublishedHeaders {
  readonly version?: number;
  readonly idempotencyKey?: string;
  readonly timeoutMs?: number;
  /** The thread that the run continues. */
  readonly thread?: string | undefined;
  readonly isAsync: boolean;
  readonly isStream: boolean;
}

/** Parses the headers of a request. Errors: `bad_request`, which names the header. */
export function readHeaders(headers: FastifyRequest['headers'], maxTimeoutMs: number): PublishedHeaders {
  const version = headers['heddle-version'];
  const key = headers['idempotency-key'];
  const timeout = headers['heddle-timeout'];
  const thread = headers['heddle-thread'];
  if (version !== undefined && !/^[1-9]\d{0,8}$/.test(String(version)))
    throw badHeader('Heddle-Version', 'a version number');
  if (key !== undefined && !/^[\x21-\x7e]{1,255}$/.test(String(key)))
    throw badHeader('Idempotency-Key', '1 to 255 visible characters');
  if (timeout !== undefined && !/^[1-9]\d{0,11}$/.test(String(timeout)))
    throw badHeader('Heddle-Timeout', 'a whole number of milliseconds');
  return {
    version: version === undefined ? undefined : Number(version),
    idempotencyKey: key === undefined ? undefined : String(key),
    timeoutMs: Math.min(timeout === undefined ? maxTimeoutMs : Number(timeout), maxTimeoutMs),
    thread: thread === undefined ? undefined : String(thread).slice(0, 64),
    isAsync: /(?:^|,)\s*respond-async\s*(?:[,;]|$)/i.test(String(headers['prefer'] ?? '')),
    isStream: /text\/event-stream/i.test(headers.accept ?? ''),
  };
}

/** The limits of a channel for the files of its callers. */
interface InputRules extends PartLimits {
  /** Accepts only files in the request itself: a reference could name a file of another user. */
  readonly onlySentFiles?: boolean;
  /** The maximum for all files of a request together. */
  readonly maxBytes?: number;
  /** Called with the number of bytes read of a part, also if it was aborted. */
  readonly onRead?: (bytes: number) => void;
}

/**
 * Reads the inputs of a request: a JSON object, or multipart with one part for each input. Files, also those in data URLs, become stored
 * files.
 * Errors: `bad_request`, `unsupported_media_type`, `input_unknown`, `input_type`, `input_too_large`, `payload_too_large`.
 */
export async function readInputs(
  request: FastifyRequest,
  planInterface: PlanInterface,
  blobs: UploadStore,
  rules: InputRules,
): Promise<Readonly<Record<string, unknown>>> {
  if (isMultipart(request)) return readParts(request, planInterface, blobs, rules);
  const type = request.headers['content-type'];
  if (type !== undefined && !/^application\/json\s*(?:;|$)/i.test(type))
    throw new HeddleError('unsupported_media_type', 'Send the inputs as application/json or as multipart/form-data.');
  const inputs = request.body ?? {};
  if (!isPlainObject(inputs))
    throw new HeddleError('bad_request', 'The body must be a JSON object with a member for each input.');
  const given = new Map<string, unknown>();
  for (const name in inputs) {
    // No input has this name, and assigning it would change the prototype of the object.
    if (name === '__proto__') continue;
    portOf(planInterface, name);
    checkReference(name, planInterface, inputs[name], rules);
    given.set(name, inputs[name]);
  }
  return storeDataUrls(Object.fromEntries(given), planInterface, blobs);
}

async function readParts(
  request: FastifyRequest,
  planInterface: PlanInterface,
  blobs: UploadStore,
  rules: InputRules,
): Promise<Readonly<Record<string, unknown>>> {
  const inputs = new Map<string, unknown>();
  const received: { readonly draft: BlobDraft; readonly part: FilePart; readonly fieldname: string }[] = [];
  const seen = new Set<string>();
  let bytes = 0;
  try {
    for await (const part of partsOf(request, rules)) {
      const { fieldname, port } = portOf(planInterface, part.fieldname);
      if (seen.has(fieldname) && !(part.type === 'file' && port.type.endsWith('[]')))
        throw new HeddleError('input_type', `The part '${fieldname}' came twice, and '${fieldname}' takes one value.`, {
          details: { input: fieldname },
        });
      seen.add(fieldname);
      if (part.type === 'field') {
        const value = await inputOf(part, fieldname, port, rules);
        checkReference(fieldname, planInterface, value, rules);
        inputs.set(fieldname, value);
        continue;
      }
      if (port.type === 'Text' || (rules.onlySentFiles === true && !takesFiles(port.type)))
        throw new HeddleError('input_type', `'${fieldname}' takes no file.`, { details: { input: fieldname } });
      const draft = await blobs.receive(part.file).finally(() => rules.onRead?.(part.file.bytesRead));
      received.push({ draft, part, fieldname });
      bytes += draft.size;
      if (part.file.truncated || bytes > (rules.maxBytes ?? Infinity))
        throw new HeddleError(
          'payload_too_large',
          `The file '${part.filename}' is larger than HEDDLE_UPLOAD_LIMIT allows${part.file.truncated ? '' : ', with those before it'}.`,
        );
    }
    // Files are kept only if the whole request could be read.
    for (const { draft, part, fieldname } of received) {
      const name = fileName(part.filename);
      const file: FileRef = await draft.keep({ name, mediaType: await mediaTypeOfFile(draft.file, name) });
      const before = z.array(z.unknown()).catch([]).parse(inputs.get(fieldname));
      inputs.set(fieldname, portOf(planInterface, fieldname).port.type.endsWith('[]') ? [...before, file] : file);
    }
  } finally {
    await Promise.all(received.map(({ draft }) => draft.discard()));
  }
  return storeDataUrls(Object.fromEntries(inputs), planInterface, blobs);
}

/** Errors: `bad_request` for a part without a name, `input_unknown`. */
function portOf(
  { inputs }: PlanInterface,
  name: string | undefined,
): { readonly fieldname: string; readonly port: Port } {
  if (name === undefined)
    throw new HeddleError('bad_request', 'A part has no name: each is named after its input (Content-Disposition).');
  const port = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
  if (port !== undefined) return { fieldname: name, port };
  const input = name.slice(0, 80);
  throw new HeddleError('input_unknown', `The workflow has no input '${input}'.`, { details: { input } });
}

const takesFiles = (type: string): boolean => /^(?:File|Image)/.test(type);
/** The id of a stored file. It is dangerous anywhere in a value, because the file's content could then be read in an output of the run. */
const storedName = /^sha256:[0-9a-f]{64}$/;

function namesStored(root: unknown): boolean {
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'string') {
      if (storedName.test(value)) return true;
    } else if (Array.isArray(value)) for (const item of value) open.push(item);
    else if (isPlainObject(value))
      for (const name in value) {
        if (storedName.test(name)) return true;
        open.push(value[name]);
      }
  }
  return false;
}

/** Errors: `input_type`. */
function checkReference(
  name: string,
  planInterface: PlanInterface,
  value: unknown,
  { onlySentFiles }: InputRules,
): void {
  const type = Object.hasOwn(planInterface.inputs, name) ? planInterface.inputs[name]?.type : undefined;
  if (onlySentFiles !== true || value === null || type === undefined || type === 'Text') return;
  if (!takesFiles(type) && !namesStored(value)) return;
  throw new HeddleError('input_type', `Send the file of '${name}' itself, as multipart/form-data.`, {
    details: { input: name },
  });
}

/** Reads the value of a text part. Errors: `input_too_large`, `input_type`. */
async function inputOf(
  { text, isJson, isCut }: TextPart,
  fieldname: string,
  port: Port,
  rules: InputRules,
): Promise<unknown> {
  rules.onRead?.(Buffer.byteLength(text));
  if (isCut)
    throw new HeddleError(
      'input_too_large',
      `The part '${fieldname}' is larger than HEDDLE_INPUT_LIMIT allows: put long texts into a file or a collection.`,
      { details: { input: fieldname } },
    );
  if (!isJson && (port.type === 'Text' || (takesFiles(port.type) && text.startsWith('data:')))) return text;
  try {
    return await valueOf(text);
  } catch (cause) {
    throw badPart('input_type', fieldname, cause);
  }
}

function badHeader(name: string, form: string): HeddleError {
  return new HeddleError('bad_request', `The header ${name} must be ${form}.`, { details: { header: name } });
}
