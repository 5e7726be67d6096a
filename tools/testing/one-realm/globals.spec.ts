import { describe, expect, it } from '@jest/globals';
import type * as Globals from './globals.mjs';

// Not those that this file is run with.
const own = (await import(new URL('./globals.mjs?own', import.meta.url).href)) as typeof Globals;

/** A framework that notes what is described. */
function frameworkOf(notes: string[]) {
  const note = (kind: string) => (name: string) => void notes.push(`${kind} ${name}`);
  const each = (rows: readonly string[]) => (name: string) => rows.forEach((row) => note('each')(`${name} ${row}`));
  return { describe: Object.assign(note('describe'), { skip: note('skip') }), it: Object.assign(note('it'), { each }) };
}

describe('what specs import of Jest', () => {
  it('speaks to the file that runs, also where a shared module kept a part of it', () => {
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
