import { FileRef, HeddleError, toHeddleError, type PortDescription } from '@heddle/core';
import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Caller } from './client/http-call.js';
import { multipartOf } from './client/multipart.js';

/**
 * Parses `--input`: `name=value` is text, or JSON for inputs of other types; `name=@file` reads a file; `name=@@text` is text that begins
 * with @. A file for a file input is uploaded. Errors: `usage`, `input_type`, `file_not_found`.
 */
export async function readInputs(
  given: readonly string[],
  ports: readonly PortDescription[],
  caller: Pick<Caller, 'request'>,
): Promise<Record<string, unknown>> {
  const inputs: Record<string, unknown> = {};
  for (const entry of given) {
    const split = entry.indexOf('=');
    if (split < 1) throw new HeddleError('usage', `--input takes name=value; it was given '${entry.slice(0, 80)}'.`);
    const name = entry.slice(0, split);
    if (Object.hasOwn(inputs, name)) throw new HeddleError('usage', `The input '${name}' is given twice.`);
    const port = ports.find((candidate) => candidate.name === name);
    inputs[name] = await readInput(name, entry.slice(split + 1), port?.type ?? 'Text', caller);
  }
  return inputs;
}

async function readInput(
  name: string,
  value: string,
  type: PortDescription['type'],
  caller: Pick<Caller, 'request'>,
): Promise<unknown> {
  const file = value.startsWith('@') && !value.startsWith('@@') ? value.slice(1) : undefined;
  if (type === 'File' || type === 'Image') {
    if (file === undefined)
      throw new HeddleError('input_type', `The input '${name}' is a file: write --input ${name}=@PATH.`, {
        details: { input: name },
      });
    const form = multipartOf([{ name: 'file', filename: basename(file), content: await read(name, file) }]);
    return FileRef.parse(await (await caller.request('POST', '/api/files', form)).json());
  }
  const text = file === undefined ? value.replace(/^@@/, '@') : await textOf(name, file);
  if (type === 'Text') return text;
  try {
    return JSON.parse(text);
  } catch {
    if (type === 'Json') return text;
    throw new HeddleError('input_type', `The input '${name}' is of type ${type}: write it as JSON.`, {
      details: { input: name },
    });
  }
}

/** Reads a file as text, in any encoding that imports accept. Errors: `input_type`, `file_not_found`. */
async function textOf(name: string, file: string): Promise<string> {
  const content = await read(name, file);
  // UTF-16 text of some alphabets is valid UTF-8 too, but with many control characters.
  if (isUtf8(content) && content.every((byte) => byte > 8)) return new TextDecoder().decode(content);
  const { decodeText } = await import('@heddle/adapters/documents');
  try {
    return decodeText(content);
  } catch (cause) {
    const { message } = toHeddleError(cause);
    throw new HeddleError('input_type', `The file of input '${name}', ${file}: ${message}`, {
      cause,
      details: { input: name },
    });
  }
}

async function read(name: string, file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new HeddleError('file_not_found', `The file of input '${name}' cannot be read: ${file}.`, {
      cause,
      details: { input: name },
    });
  }
}
