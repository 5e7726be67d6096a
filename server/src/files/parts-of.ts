import { inSlices } from '@heddle/adapters/event-loop';
import { HeddleError, mostValues, parseJsonSteps } from '@heddle/core';
import type { FastifyRequest } from 'fastify';
import type { Settings } from '../settings/settings-table.js';
import { readMultipart, type FieldPart, type FilePart, type PartLimits } from './read-multipart.js';

export interface TextPart extends FieldPart {
  /** Whether the sender declared the text as JSON. */
  readonly isJson: boolean;
}

/** The limits of the parts of a body: a text may be as large as an input, and a file needs room for its metadata. */
export const partLimits = ({ inputLimit, uploadLimit }: Pick<Settings, 'inputLimit' | 'uploadLimit'>): PartLimits => ({
  longestText: Math.max(1024 * 1024, inputLimit),
  largestFile: uploadLimit,
});

/** Whether the body is multipart; only such a body can contain files. */
export const isMultipart = ({ headers }: Pick<FastifyRequest, 'headers'>): boolean =>
  /^\s*multipart\/form-data\s*(?:;|$)/i.test(headers['content-type'] ?? '');

const isJsonType = (type: string): boolean => /^application\/json\b/i.test(type);

/** Also treats a JSON text as a file, because the parser decodes other texts by their character set. */
const isFile = (_name: string | undefined, type: string | undefined, fileName: string | undefined): boolean =>
  fileName !== undefined || type === 'application/octet-stream' || isJsonType(type ?? '');

/**
 * Reads the parts of a multipart body in order. A file must be read before the next part arrives. Errors: `unsupported_media_type` for
 * another body, `payload_too_large`, `bad_request`.
 */
export async function* partsOf(
  { raw }: Pick<FastifyRequest, 'raw'>,
  limits: PartLimits,
): AsyncGenerator<FilePart | TextPart, void, void> {
  if (!isMultipart(raw)) throw new HeddleError('unsupported_media_type', 'Send files as parts of multipart/form-data.');
  for await (const part of readMultipart(raw, isFile, limits)) {
    const { fieldname, type } = part;
    if (type === 'field') yield { ...part, isJson: false };
    else if (part.filename === undefined && isJsonType(part.mimetype))
      yield { type: 'field', fieldname, isJson: true, ...(await textOf(part.file, limits.longestText)) };
    else yield part;
  }
}

/** Parses a JSON text. Errors: `bad_json`, `body_too_complex`; a SyntaxError for text that is not JSON. */
export const valueOf = (text: string): Promise<unknown> => inSlices(parseJsonSteps(text, mostValues.inputs));

async function textOf(stream: AsyncIterable<Buffer>, longest: number): Promise<Pick<TextPart, 'text' | 'isCut'>> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length <= longest) chunks.push(chunk);
  }
  return { text: Buffer.concat(chunks).toString('utf8'), isCut: length > longest };
}

/** The error for a text that is not JSON, or is too complex. */
export function badPart(code: 'bad_request' | 'input_type', name: string, cause: unknown): HeddleError {
  const { message } = cause instanceof HeddleError ? cause : { message: 'It must be JSON.' };
  return new HeddleError(code, `The part '${name.slice(0, 80)}' cannot be read: ${message}`, { cause });
}
