import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { PromptContent, PromptStore } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { join } from 'node:path';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { createPromptStore } from './prompt-store.js';

const text = (words: string): PromptContent => ({ kind: 'text', text: words });
const by = { who: 'user:a', note: '' };
const greeting = { project: 'default', name: 'greeting', title: 'Greeting', owners: [] };

describe('the library of prompts', () => {
  const temporary = temporaryFolder();
  let database: HeddleDatabase;
  let store: PromptStore;
  let count = 0;
  beforeEach(() => {
    database = openDatabase(join(temporary.folder, `${(count += 1)}.db`));
    store = createPromptStore(database, createFakeClock());
  });
  afterEach(() => {
    database.close();
  });

  it('keeps each version as it was, and makes none where nothing changes', () => {
    const { id } = store.create(greeting, text('Hello {{ name }}'), { ...by, note: 'first' });
    expect(store.save(id, text('Hello {{ name }}'), by)).toMatchObject({ version: 1, isNew: false, note: 'first' });
    expect(store.save(id, text('Dear {{ name }}'), by)).toMatchObject({ version: 2, isNew: true, who: 'user:a' });
    expect(store.version(id, 1).content).toEqual(text('Hello {{ name }}'));
    expect(store.versions(id).map(({ version }) => version)).toEqual([2, 1]);
    expect(store.get(id)).toMatchObject({ version: 2, kind: 'text', labels: {}, owners: [] });
    // The hash names the content: what was said before has the same one.
    const { hash } = store.version(id, 1);
    expect(hash).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(store.save(id, text('Hello {{ name }}'), by)).toMatchObject({ version: 3, hash });
  });

  it('refuses the second of two who changed the same version', () => {
    const { id } = store.create(greeting, text('one'), by);
    store.save(id, text('two'), { ...by, base: 1 });
    expect(() => store.save(id, text('also two'), { ...by, base: 1 })).toThrow('has version 2 now, made by user:a');
    // The same change twice is not a conflict.
    expect(store.save(id, text('two'), { ...by, base: 1 })).toMatchObject({ version: 2, isNew: false });
    expect(store.versions(id)).toHaveLength(2);
  });

  it('finds what a reference means, in its project only', () => {
    const { id } = store.create(greeting, text('one'), by);
    store.save(id, text('two'), by);
    store.setLabel(id, 'production', 1);
    const versionOf = (project: string, reference: object): number | undefined =>
      store.resolve(project, { prompt: 'greeting', ...reference })?.version;
    expect(versionOf('default', { label: 'production' })).toBe(1);
    expect(versionOf('default', { label: 'latest' })).toBe(2);
    expect(versionOf('default', {})).toBe(2);
    expect(versionOf('default', { version: 1 })).toBe(1);
    // A label wins: the version beside it says where the text came from.
    expect(versionOf('default', { label: 'production', version: 2 })).toBe(1);
    for (const none of [{ label: 'staging' }, { label: 'constructor' }, { version: 3 }])
      expect(versionOf('default', none)).toBeUndefined();
    expect(versionOf('other', { label: 'production' })).toBeUndefined();
    expect(store.find('other', 'greeting')).toBeUndefined();
  });

  it('holds a name once in a project, and a kind for all versions', () => {
    const { id } = store.create(greeting, text('one'), by);
    expect(() => store.create(greeting, text('x'), by)).toThrow("has a prompt 'greeting' already");
    expect(store.create({ ...greeting, project: 'other' }, text('x'), by).id).not.toBe(id);
    const chat: PromptContent = { kind: 'chat', messages: [{ role: 'user', content: 'x' }] };
    expect(() => store.save(id, chat, by)).toThrow('make another prompt');
    expect(() => store.setLabel(id, 'latest', 1)).toThrow('always is the newest');
    expect(() => store.setLabel(id, 'production', 9)).toThrow('has no version 9');
    expect(store.get(id).labels).toEqual({});
  });

  it('deletes versions and labels with the prompt', () => {
    const { id } = store.create(greeting, text('one'), by);
    store.setLabel(id, 'production', 1);
    store.delete(id);
    expect(() => store.get(id)).toThrow(`no prompt '${id}'`);
    const left = database.connection.prepare(
      'SELECT (SELECT count(*) FROM prompt_versions) + (SELECT count(*) FROM prompt_labels)',
    );
    expect(left.pluck().get()).toBe(0);
  });

  it('leaves nothing of a save that fails in the middle', () => {
    const { id } = store.create(greeting, text('one'), by);
    database.connection.exec(
      "CREATE TRIGGER full BEFORE UPDATE ON prompts BEGIN SELECT RAISE(ABORT, 'disk is full'); END",
    );
    expect(() => store.save(id, text('two'), by)).toThrow();
    expect(store.versions(id)).toHaveLength(1);
    expect(store.get(id).version).toBe(1);
  });
});
