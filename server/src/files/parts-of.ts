import { inTurns } from '@heddle/adapters/turns';
import type { MultipartFile } from '@fastify/multipart';
import { HeddleError, mostValues, parseJsonSteps } from '@heddle/core';
import type { FastifyRequest } from 'fastify';

/** A part that is no file, as text. */
export interface TextPart {
  readonly type: 'field';
  readonly fieldname: string;
  readonly text: string;
  /** Its sender declares that the text is JSON. */
  readonly isJson: boolean;
  /** It is longer than a field may be. */
  readonly isCut: boolean;
}

/** Bytes that a part may have that is no file: as many as an input, and enough for what describes a file. */
export const longestText = (inputLimit: number): number => Math.max(1024 * 1024, inputLimit);

const isJsonType = (type: string): boolean => /^application\/json\b/i.test(type);

/**
 * What the parser of multipart takes for a file. Parts of JSON are among them, or it would parse them by itself, without our bounds:
 * `partsOf` gives them as text.
 */
export const isPartAFile = (
  _name: string | undefined,
  type: string | undefined,
  fileName: string | undefined,
): boolean => fileName !== undefined || type === 'application/octet-stream' || isJsonType(type ?? '');

/** The parts of a multipart body, one after the other; a file must be read before the next part comes. `longest` bytes of a text are kept. */
export async function* partsOf(
  request: FastifyRequest,
  longest: number,
): AsyncGenerator<MultipartFile | TextPart, void, void> {
  for await (const part of request.parts()) {
    const { fieldname } = part;
    if (part.type === 'field')
      yield { type: 'field', fieldname, text: String(part.value), isJson: false, isCut: part.valueTruncated };
    // The type says that there is a name; only a file has one.
    else if ((part.filename as string | undefined) === undefined && isJsonType(part.mimetype))
      yield { type: 'field', fieldname, isJson: true, ...(await textOf(part.file, longest)) };
    else yield part;
  }
}

/** The value of a text that is JSON. Errors: `bad_json`, `body_too_complex`; a SyntaxError for what is no JSON. */
export const valueOf = (text: string): Promise<unknown> => inTurns(parseJsonSteps(text, mostValues.inputs));

async function textOf(stream: AsyncIterable<Buffer>, longest: number): Promise<Pick<TextPart, 'text' | 'isCut'>> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length <= longest) chunks.push(chunk);
  }
  return { text: Buffer.concat(chunks).toString('utf8'), isCut: length > longest };
}

/** What is said of a text that is no JSON, or too much of it. */
export function badPart(code: 'bad_request' | 'input_type', name: string, cause: unknown): HeddleError {
  const { message } = cause instanceof HeddleError ? cause : { message: 'It must be JSON.' };
  return new HeddleError(code, `The part '${name.slice(0, 80)}' cannot be read: ${message}`, { cause });
}
