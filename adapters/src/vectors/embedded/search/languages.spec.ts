import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { VectorCollection, VectorStore } from '@heddle/core';
import { documentOf } from '@heddle/core/testing';
import Database from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pets } from '../../__fixtures__/pets.js';
import { createEmbeddedStore } from '../embedded-store.js';

const german = 'Die Kündigungen sind zu schreiben und werden von der Leitung der Häuser gelesen.';
const french = 'Les remboursements des chevaux sont faits par la caisse dans les deux semaines.';
const english = 'The robins are singing in the houses of the town.';
const japanese = '東京都の保証期間は三年です。';
const chinese = '本店保修期为两年。';
const thai = 'การรับประกันสินค้าสองปี';

describe('a keyword search in many languages', () => {
  let folder: string;
  let store: VectorStore;
  let collection: VectorCollection;
  const file = (): string => join(folder, 'collections.db');

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-languages-'));
    store = createEmbeddedStore({ file: file() });
    collection = await store.create(pets);
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const put = (texts: Readonly<Record<string, string>>): Promise<void> =>
    collection.put(Object.entries(texts).map(([id, text]) => documentOf(id, { passages: [{ text }] })));
  const find = async (text: string): Promise<readonly string[]> => {
    const found = await collection.search({ mode: 'lexical', text, k: 10 });
    return found.map(({ document }) => document);
  };

  it('finds other forms of a word in the language of each document', async () => {
    await put({ german, french, english });

    expect(await find('Kündigung')).toEqual(['german']);
    expect(await find('ein Haus')).toEqual(['german']);
    expect(await find('remboursement')).toEqual(['french']);
    expect(await find('le cheval')).toEqual(['french']);
    expect(await find('a house where a robin sings')).toEqual(['english']);
  });

  it('finds words in scripts without spaces', async () => {
    await put({ japanese, chinese, thai, english });

    expect(await find('保証')).toEqual(['japanese']);
    expect(await find('保修期多长')).toEqual(['chinese']);
    expect(await find('รับประกัน')).toEqual(['thai']);
    expect(await find('robin')).toEqual(['english']);
  });

  it('does not look for the stop words of the language of the question', async () => {
    await put({ german, other: 'Wo man mit der Bahn nach Hamburg fährt, das steht auf dem Plan der Stadt.' });

    expect(await find('wo sind die Häuser')).toEqual(['german']);
  });

  it('deletes the languages of a dropped collection', async () => {
    await put({ german });
    await store.drop(pets.name);
    collection = await store.create(pets);
    await put({ english });

    expect(await find('Kündigung')).toEqual([]);
    await store.close();
    const database = new Database(file());
    expect(database.prepare('SELECT code FROM languages').pluck().all()).toEqual(['en']);
    database.close();
    store = createEmbeddedStore({ file: file() });
  });

  it('finds English documents of an older version beside new ones in another language', async () => {
    await put({ english });
    await store.close();
    const database = new Database(file());
    database.exec('DROP TABLE languages');
    database.close();
    store = createEmbeddedStore({ file: file() });
    collection = await store.open(pets.name);

    expect(await find('robin')).toEqual(['english']);
    await put({ german });
    expect(await find('house')).toEqual(['english']);
    expect(await find('Kündigung')).toEqual(['german']);
  });
});
