import { describe, expect, it } from '@jest/globals';
import type * as Globals from './globals.mjs';

// A second copy, not the globals that this file runs with.
const own = (await import(new URL('./globals.mjs?own', import.meta.url).href)) as typeof Globals;

/** A framework that records what is described. */
function frameworkOf(notes: string[]) {
  const note = (kind: string) => (name: string) => void notes.push(`${kind} ${name}`);
  const each = (rows: readonly string[]) => (name: string) => rows.forEach((row) => note('each')(`${name} ${row}`));
  return { describe: Object.assign(note('describe'), { skip: note('skip') }), it: Object.assign(note('it'), { each }) };
}

describe('the globals that specs import from Jest', () => {
  it('belong to the file that runs, even if a shared module kept some of them', () => {
    const { describe: kept } = own;
    const { skip } = kept;
    const { each } = own.it;
    const files = ['first', 'second'].map((file) => {
      const notes: string[] = [];
      own.bindGlobals(frameworkOf(notes));
      kept(file, () => undefined);
      skip(file, () => undefined);
      each(['one', 'two'])(file, () => undefined);
      return notes;
    });
    expect(files).toEqual([
      ['describe first', 'skip first', 'each first one', 'each first two'],
      ['describe second', 'skip second', 'each second one', 'each second two'],
    ]);
  });
});
