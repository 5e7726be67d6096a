import { HeddleError, type Blobs, type FileRef, type PlanInterface } from '@heddle/core';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { fileName } from '../files/file-name.js';
import { checkDepth } from '../http/check-depth.js';
import { mediaTypeOf } from '../files/media-type.js';

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
  if (timeout !== undefined && !(/^\d{1,7}$/.test(String(timeout)) && Number(timeout) > 0))
    throw badHeader('Heddle-Timeout', 'milliseconds');
  return {
    ...(version === undefined ? {} : { version: Number(version) }),
    ...(key === undefined ? {} : { idempotencyKey: String(key) }),
    timeoutMs: Math.min(timeout === undefined ? maxTimeoutMs : Number(timeout), maxTimeoutMs),
    isAsync: /(?:^|,)\s*respond-async\s*(?:[,;]|$)/i.test(String(headers['prefer'] ?? '')),
    isStream: /text\/event-stream/i.test(headers.accept ?? ''),
  };
}

/**
 * Reads the inputs of a request: a JSON object, or multipart with a part for each input; files become stored files. With
 * `onlySentFiles` a file must come along itself: a reference could name one of somebody else. Errors: `bad_request`,
 * `unsupported_media_type`, `input_unknown`, `input_type`, `payload_too_large`.
 */
export async function readInputs(
  request: FastifyRequest,
  face: PlanInterface,
  blobs: Blobs,
  { onlySentFiles = false }: { readonly onlySentFiles?: boolean } = {},
): Promise<Readonly<Record<string, unknown>>> {
  const checkReference = (name: string, value: unknown): void => {
    const type = Object.hasOwn(face.inputs, name) ? face.inputs[name]?.type : undefined;
    if (!onlySentFiles || value === null || type === undefined || !/^(?:File|Image)/.test(type)) return;
    throw new HeddleError('input_type', `Send the file of '${name}' itself, as multipart/form-data.`, {
      details: { input: name },
    });
  };
  if (!request.isMultipart()) {
    const type = request.headers['content-type'];
    if (type !== undefined && !/^application\/json\s*(?:;|$)/i.test(type))
      throw new HeddleError('unsupported_media_type', 'Send the inputs as application/json or as multipart/form-data.');
    const parsed = Inputs.safeParse(request.body ?? {});
    if (!parsed.success)
      throw new HeddleError('bad_request', 'The body must be a JSON object with a member for each input.');
    for (const [name, value] of Object.entries(parsed.data)) checkReference(name, value);
    return parsed.data;
  }
  const inputs = new Map<string, unknown>();
  for await (const part of request.parts()) {
    const port = Object.hasOwn(face.inputs, part.fieldname) ? face.inputs[part.fieldname] : undefined;
    if (port === undefined)
      throw new HeddleError('input_unknown', `The workflow has no input '${part.fieldname.slice(0, 80)}'.`, {
        details: { input: part.fieldname.slice(0, 80) },
      });
    if (part.type === 'field') {
      checkReference(part.fieldname, part.value);
      inputs.set(
        part.fieldname,
        port.type === 'Text' ? String(part.value) : jsonOf(part.fieldname, String(part.value)),
      );
      continue;
    }
    const content = await part.toBuffer();
    if (part.file.truncated)
      throw new HeddleError(
        'payload_too_large',
        `The file '${part.filename}' is larger than HEDDLE_UPLOAD_LIMIT allows.`,
      );
    const name = fileName(part.filename);
    const file: FileRef = await blobs.put(content, { name, mediaType: await mediaTypeOf(content, name) });
    const before = z.array(z.unknown()).catch([]).parse(inputs.get(part.fieldname));
    if (port.type.endsWith('[]')) inputs.set(part.fieldname, [...before, file]);
    else inputs.set(part.fieldname, file);
  }
  return Object.fromEntries(inputs);
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
