import { randomUUID } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DocumentInput } from '@heddle/core';
import { check, checkEqual, type SuiteCase } from '@heddle/core/testing';
import type { OriginalStore } from '../../originals/original-store.js';

/** The store of originals under test. It may contain originals of other tests. */
export interface OriginalStoreSubject {
  /** Opens the store as another process would. */
  readonly open: () => Promise<OriginalStore>;
  /** A folder for the test's own files. */
  readonly folder: string;
}

const newName = (): string => `c-${randomUUID()}`;
const textOf = (found: DocumentInput | undefined): string | undefined =>
  found === undefined ? undefined : Buffer.from(found.content).toString();

/**
 * The conformance suite of stores for originals.
 *
 * @example for (const promise of originalStoreSuite) it(promise.name, () => promise.run(subject));
 */
export const originalStoreSuite: readonly SuiteCase<OriginalStoreSubject>[] = [
  {
    name: 'gives every process what was stored: text as text, bytes as bytes, with what describes them',
    async run({ open }) {
      const one = await open();
      const other = await open();
      const name = newName();
      const about = { title: 'Grüße\n"', source: 'https://a/b', mediaType: 'text/plain', metadata: { a: [1, null] } };
      await one.write(name, { id: '../odd id#1', content: 'Grüße\nzwei', ...about, readers: ['group:a'] });
      const text = await other.find(name, '../odd id#1');
      checkEqual(
        text,
        { id: '../odd id#1', content: 'Grüße\nzwei', ...about, readersIfNew: ['group:a'] },
        'the text differs',
      );
      const bytes = Buffer.from([0, 10, 255, 10, 0]);
      await one.write(name, { id: 'b', content: bytes });
      const found = await other.find(name, 'b');
      check(found !== undefined && typeof found.content !== 'string', 'bytes became text');
      check(bytes.equals(Buffer.from(found.content)), 'the bytes differ');
      await one.write(name, { id: 'empty', content: new Uint8Array() });
      checkEqual(textOf(await other.find(name, 'empty')), '', 'an empty document differs');
    },
  },
  {
    name: 'takes a file, small or large, as the original, and leaves no copy of it',
    async run({ open, folder }) {
      const one = await open();
      const other = await open();
      const name = newName();
      for (const size of [10, 17 * 1024 * 1024]) {
        const file = join(folder, randomUUID());
        const content = Buffer.alloc(size, randomUUID());
        writeFileSync(file, content);
        await one.write(name, { id: `f${size}`, mediaType: 'application/pdf', file });
        const found = await other.find(name, `f${size}`);
        check(found !== undefined && content.equals(Buffer.from(found.content)), `${size} bytes differ`);
        checkEqual(found.mediaType, 'application/pdf', 'its type differs');
        check(!existsSync(file), 'the file is still there');
      }
    },
  },
  {
    name: 'replaces a document whole, removes one, and drops a collection without another one',
    async run({ open }) {
      const one = await open();
      const other = await open();
      const name = newName();
      const kept = newName();
      await one.write(name, { id: 'a', title: 'Old', content: 'old' });
      await other.write(name, { id: 'a', content: 'new' });
      checkEqual(
        [textOf(await one.find(name, 'a')), (await one.find(name, 'a'))?.title],
        ['new', undefined],
        'it is not the new one',
      );
      await one.write(name, { id: 'b', content: 'b' });
      await one.write(kept, { id: 'a', content: 'kept' });
      await other.remove(name, 'a');
      await other.remove(name, 'a');
      checkEqual([await one.find(name, 'a'), textOf(await one.find(name, 'b'))], [undefined, 'b'], 'remove differs');
      await other.drop(name);
      await other.drop(name);
      checkEqual([await one.find(name, 'b'), textOf(await one.find(kept, 'a'))], [undefined, 'kept'], 'drop differs');
    },
  },
  {
    name: 'has nothing of a document that was never stored',
    async run({ open }) {
      const store = await open();
      checkEqual(await store.find(newName(), 'a'), undefined, 'it found something');
    },
  },
];
