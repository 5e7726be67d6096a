import { normalReaders, Reader, Readers } from '@heddle/core';
import { mostReadersText } from './sql-rows.js';

type Read =
  | { readonly readers: readonly string[]; readonly problem?: never }
  | { readonly readers?: never; readonly problem: string };

const problem = (text: string): Read => ({ problem: text });

/**
 * Reads the readers of a row: a JSON array of names, or names with commas between. Gives the problem of a text that is neither.
 *
 * @example readersIn('user:u_1, oidc-group:Legal') // { readers: ['oidc-group:Legal', 'user:u_1'] }
 */
export function readersIn(text: string): Read {
  if (text.length > mostReadersText) return problem(`write at most ${mostReadersText} characters.`);
  const names = namesIn(text.trim());
  if (names === undefined)
    return problem('write a JSON array of names, an array of Postgres, or names with commas between.');
  const wrong = names.find((name) => !Reader.safeParse(name).success);
  if (wrong !== undefined) {
    const shown = JSON.stringify(wrong)?.slice(0, 200);
    return problem(
      `${shown} is no reader; write user:, service:, key:, group:, oidc-group:, end-user: or end-user-group: with a name.`,
    );
  }
  const { data } = Readers.safeParse(names);
  return data === undefined ? problem('write at most 10,000 names.') : { readers: normalReaders(data) };
}

/** The members of the list; undefined if the text is no list. */
function namesIn(text: string): readonly unknown[] | undefined {
  if (text === '') return [];
  if (!/^[[{"]/.test(text)) return text.split(',').map((name) => name.trim());
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
