import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { VectorCollection, VectorStore } from '@heddle/core';
import { pets } from '../../__fixtures__/pets.js';
import { createEmbeddedStore } from '../embedded-store.js';

describe('abbreviations in keyword search', () => {
  let store: VectorStore;
  let collection: VectorCollection;
  beforeEach(async () => {
    store = createEmbeddedStore({ file: ':memory:' });
    collection = await store.create(pets);
  });
  afterEach(() => store.close());

  const put = (texts: Readonly<Record<string, string>>): Promise<unknown> =>
    collection.put(
      Object.entries(texts).map(([id, text]) => ({
        document: { id, title: id, mediaType: 'text/plain', hash: '0'.repeat(64), size: 1 },
        passages: [{ id: `${id}#0`, text, vector: new Float32Array(pets.dimensions).fill(1) }],
      })),
    );
  const find = async (text: string): Promise<readonly string[]> =>
    (await collection.search({ mode: 'lexical', text, k: 10 })).map(({ id }) => id).toSorted();
  const short = 'In 66 patients, 88 DBE procedures were done.';
  const question = 'Is double balloon enteroscopy safe?';

  it('find a passage that contains only the abbreviation, when another passage explains it', async () => {
    await put({ short, explains: 'Double-balloon enteroscopy (DBE) looks at the small bowel.' });
    expect(await find(question)).toEqual(['explains#0', 'short#0']);
    expect(await find('double balloon, enteroscopy')).toEqual(['explains#0']);
  });

  it('find nothing by initials that no passage explains', async () => {
    await put({ short, words: 'A double enteroscopy after a balloon.', name: 'Double balloon enteroscopy is new.' });
    expect(await find(question)).toEqual(['name#0', 'words#0']);
  });

  it('are added and removed with the passage that explains them', async () => {
    await put({ short, explains: 'Double balloon enteroscopy (DBE) looks at the small bowel.' });
    expect(await find(question)).toContain('short#0');
    await collection.delete(['explains']);
    expect(await find(question)).toEqual([]);
  });

  it('are explained in other languages too', async () => {
    await put({
      short: 'Die Frist steht in der ADB und gilt für alle Verträge.',
      explains: 'Die allgemeine Datenschutz Bestimmung (ADB) gilt für alle und ist nicht neu.',
    });
    expect(await find('Was sagt die allgemeine Datenschutz Bestimmung?')).toEqual(['explains#0', 'short#0']);
  });
});
