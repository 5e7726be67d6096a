import { HeddleError } from '@heddle/core';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

/** Reads a JSON document from a file, or from standard input for `-`. Errors: `file_not_found`, `usage`. */
export async function readJson(file: string): Promise<unknown> {
  const content = await (file === '-' ? text(process.stdin) : readFile(file, 'utf8')).catch((cause: unknown) => {
    throw new HeddleError('file_not_found', `'${file}' cannot be read: check the path.`, { cause });
  });
  try {
    return JSON.parse(content) as unknown;
  } catch (cause) {
    throw new HeddleError('usage', `'${file}' is not JSON: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
}

/** Reads a secret from standard input, because others could see it on a command line. Errors: `usage`. */
export async function readSecret(what: string): Promise<string> {
  if (process.stdin.isTTY)
    throw new HeddleError('usage', `Give ${what} on standard input, such as: heddle … < file, or echo … | heddle …`);
  const value = (await text(process.stdin)).replace(/\r?\n$/, '');
  if (value === '') throw new HeddleError('usage', `Standard input is empty: ${what} is read from there.`);
  return value;
}
