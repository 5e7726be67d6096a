import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { GuardedWrite, NewPrompt, PromptContent, PromptInfo, PromptStore, Tables } from '@heddle/core';
import type { TablesSubject } from '@heddle/core/testing';
import { prepareAndCommit } from '../stores/prepare-and-commit.js';
import { bothDatabases, type TestedDatabase } from '../testing/both-databases.js';
import { createPromptStore } from './prompt-store.js';

const text = (words: string): PromptContent => ({ kind: 'text', text: words });
const by = { who: 'user:a', note: '' };
const greeting = { project: 'default', name: 'greeting', title: 'Greeting', owners: [] };

/** The library in one process; each change is a commit. */
function openLibrary(tables: Tables) {
  const store: PromptStore = createPromptStore(tables, { now: () => 5 });
  const commit = (writes: readonly GuardedWrite[]): Promise<void> => tables.commit(writes);
  return {
    ...store,
    create: async (prompt: NewPrompt, content: PromptContent): Promise<PromptInfo> => {
      const made = store.create(prompt, content, by);
      await commit(made.writes);
      return made.prompt;
    },
    save: async (id: string, content: PromptContent, more: { base?: number; label?: string; note?: string } = {}) =>
      (
        await prepareAndCommit(
          () => store.save(id, content, { ...by, ...more }),
          ({ writes }) => commit(writes),
        )
      ).version,
    setLabel: async (...given: Parameters<PromptStore['setLabel']>) => commit(await store.setLabel(...given)),
    change: (...given: Parameters<PromptStore['change']>) => commit(store.change(...given)),
    delete: (id: string) => commit(store.delete(id)),
    store,
    commit,
  };
}

describe.each(bothDatabases)('the library of prompts in %s', (_name, open) => {
  let database: TestedDatabase;
  let tables: TablesSubject;
  let library: ReturnType<typeof openLibrary>;
  let theirs: ReturnType<typeof openLibrary>;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    tables = await database.reset();
    library = openLibrary(tables.one);
    theirs = openLibrary(tables.other);
  });

  it('keeps each version unchanged, and makes none when nothing changes', async () => {
    const { id } = await library.create(greeting, text('Hello {{ name }}'));
    expect(await library.save(id, text('Hello {{ name }}'))).toMatchObject({ version: 1, isNew: false, note: '' });
    const saved = await theirs.save(id, text('Dear {{ name }}'), { note: 'second' });
    expect(saved).toMatchObject({ version: 2, isNew: true, who: 'user:a', note: 'second' });
    expect((await library.version(id, 1)).content).toEqual(text('Hello {{ name }}'));
    expect((await library.versions(id)).map(({ version }) => version)).toEqual([2, 1]);
    expect(await library.get(id)).toMatchObject({ version: 2, kind: 'text', labels: {}, owners: [] });
    // The hash identifies the content: equal content has an equal hash.
    const { hash } = await theirs.version(id, 1);
    expect(hash).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await library.save(id, text('Hello {{ name }}'))).toMatchObject({ version: 3, hash });
  });

  it('returns the stored prompt: a later read gives the same', async () => {
    const made = await library.create({ ...greeting, owners: ['user:a'] }, text('one'));
    expect(await theirs.get(made.id)).toEqual(made);
    expect(await theirs.find('default', 'greeting')).toEqual(made);
  });

  it('refuses the second of two changes to the same version', async () => {
    const { id } = await library.create(greeting, text('one'));
    await library.save(id, text('two'), { base: 1 });
    const late = library.save(id, text('also two'), { base: 1 });
    await expect(late).rejects.toThrow('has version 2 now, made by user:a');
    // Repeating a change is not a conflict.
    expect(await library.save(id, text('two'), { base: 1 })).toMatchObject({ version: 2, isNew: false });
    expect(await library.versions(id)).toHaveLength(2);
  });

  it('gives each concurrent save without a base a version, and accepts one of two changes to the same version', async () => {
    const { id } = await library.create(greeting, text('one'));
    const saved = await Promise.all(
      ['a', 'b', 'c', 'd'].map((said, index) => (index % 2 === 0 ? library : theirs).save(id, text(said))),
    );
    expect(saved.map(({ version }) => version).sort()).toEqual([2, 3, 4, 5]);
    const both = await Promise.all([
      library.store.save(id, text('mine'), { ...by, base: 5 }),
      theirs.store.save(id, text('theirs'), { ...by, base: 5 }),
    ]);
    const ends = await Promise.allSettled([library.commit(both[0].writes), theirs.commit(both[1].writes)]);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(ends.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } });
    expect(await library.versions(id)).toHaveLength(6);
    expect((await library.get(id)).version).toBe(6);
  });

  it('resolves a reference, in its project only', async () => {
    const { id } = await library.create(greeting, text('one'));
    await library.save(id, text('two'));
    await library.setLabel(id, 'production', 1);
    const versionOf = async (project: string, reference: object): Promise<number | undefined> =>
      (await theirs.resolve(project, { prompt: 'greeting', ...reference }))?.version;
    expect(await versionOf('default', { label: 'production' })).toBe(1);
    expect(await versionOf('default', { label: 'latest' })).toBe(2);
    expect(await versionOf('default', {})).toBe(2);
    expect(await versionOf('default', { version: 1 })).toBe(1);
    // A label wins: the version beside it says where the text came from.
    expect(await versionOf('default', { label: 'production', version: 2 })).toBe(1);
    for (const none of [{ label: 'staging' }, { label: 'constructor' }, { version: 3 }])
      expect(await versionOf('default', none)).toBeUndefined();
    expect(await versionOf('other', { label: 'production' })).toBeUndefined();
    expect(await library.find('other', 'greeting')).toBeUndefined();
  });

  it('points labels to versions, including the version that is saved with them', async () => {
    const { id } = await library.create(greeting, text('one'));
    await library.save(id, text('two'), { label: 'staging' });
    await theirs.setLabel(id, 'production', 1);
    await theirs.setLabel(id, 'gone', 1);
    await library.setLabel(id, 'gone', undefined);
    await library.setLabel(id, 'never was', undefined);
    expect((await library.get(id)).labels).toEqual({ production: 1, staging: 2 });
    expect(await library.save(id, text('two'), { label: 'production' })).toMatchObject({ version: 2, isNew: false });
    expect((await theirs.list())[0]?.labels).toEqual({ production: 2, staging: 2 });
  });

  it('keeps a name unique in a project, even for concurrent saves, and one kind for all versions', async () => {
    const { id } = await library.create(greeting, text('one'));
    await expect(theirs.create(greeting, text('x'))).rejects.toThrow("has a prompt 'greeting' already");
    const both = await Promise.allSettled(
      [library, theirs].map((each) => each.create({ ...greeting, project: 'other' }, text('x'))),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const chat: PromptContent = { kind: 'chat', messages: [{ role: 'user', content: 'x' }] };
    await expect(library.save(id, chat)).rejects.toThrow('create another prompt');
    await expect(library.setLabel(id, 'latest', 1)).rejects.toThrow('always points to the newest');
    await expect(library.save(id, text('y'), { label: 'latest' })).rejects.toThrow('always points to the newest');
    await expect(library.setLabel(id, 'production', 9)).rejects.toThrow('has no version 9');
    expect(await library.get(id)).toMatchObject({ labels: {}, version: 1 });
    expect((await library.list()).map(({ project }) => project).sort()).toEqual(['default', 'other']);
  });

  it('changes the title and the owners only from the expected ones', async () => {
    const made = await library.create(greeting, text('one'));
    await library.change(made, { title: 'Hi' });
    await theirs.change(made, { owners: ['user:b'] });
    // The caller saw no owners: another user took the prompt meanwhile.
    await expect(library.change(made, { owners: ['user:c'] })).rejects.toMatchObject({ code: 'conflict' });
    expect(await library.get(made.id)).toMatchObject({ title: 'Hi', owners: ['user:b'] });
  });

  it('deletes versions and labels with the prompt, and refuses later saves', async () => {
    const { id } = await library.create(greeting, text('one'));
    await library.setLabel(id, 'production', 1);
    const late = await theirs.store.save(id, text('two'), by);
    const label = await theirs.store.setLabel(id, 'production', 1);
    await library.delete(id);
    for (const read of [() => library.get(id), () => theirs.versions(id), () => theirs.version(id, 1)])
      await expect(read()).rejects.toThrow(`no prompt '${id}'`);
    await expect(theirs.commit(late.writes)).rejects.toMatchObject({ code: 'conflict' });
    await expect(theirs.commit(label)).rejects.toMatchObject({ code: 'not_found' });
    for (const table of ['prompts', 'prompt_versions', 'prompt_labels'])
      expect(await tables.one.all(`SELECT 1 FROM ${table}`)).toEqual([]);
  });

  it('keeps nothing of a save that fails in the middle', async () => {
    const { id } = await library.create(greeting, text('one'));
    const { writes } = await library.store.save(id, text('two'), { ...by, label: 'production' });
    const refused: GuardedWrite = { sql: 'SELECT 1 FROM prompts WHERE id = @none', values: { none: 'none' }, rows: 1 };
    await expect(library.commit([...writes, refused])).rejects.toMatchObject({ code: 'conflict' });
    expect(await library.versions(id)).toHaveLength(1);
    expect(await library.get(id)).toMatchObject({ version: 1, labels: {} });
  });
});
