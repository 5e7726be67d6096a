import { hash, randomUUID } from 'node:crypto';
import {
  canonicalJson,
  HeddleError,
  newestLabel,
  PromptContent,
  PromptInfo,
  type Clock,
  type PromptStore,
  type PromptVersion,
  type PromptWrite,
  type StoredPromptVersion,
} from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';
import { preparePrompts, type PromptRow, type PromptStatements } from './prompt-statements.js';

/** The library of prompts in heddle.db. A write is a savepoint, so that it is whole, also in a transaction that is open already. */
export function createPromptStore(database: HeddleDatabase, clock: Pick<Clock, 'now'>): PromptStore {
  const statements = preparePrompts(database);
  const { connection, file } = database;
  const transact = <T>(work: () => T): T => withStorageErrors(file, () => connection.transaction(work)());
  const read = <T>(work: () => T): T => withStorageErrors(file, work);
  const get = (id: string): PromptInfo => {
    const row = read(() => statements.byId.get(id));
    if (row === undefined) throw new HeddleError('not_found', `There is no prompt '${id}'.`);
    return infoOf(row);
  };
  const find = (project: string, name: string): PromptInfo | undefined => {
    const row = read(() => statements.byName.get(project, name));
    return row === undefined ? undefined : infoOf(row);
  };
  const version = (id: string, number: number): StoredPromptVersion =>
    read(() => versionOf(statements, get(id), number));
  return {
    get,
    find,
    version,
    list: () => read(() => statements.all.all().map(infoOf)),
    versions: (id) => read(() => statements.versions.all(get(id).id)),
    resolve(project, { prompt, label, version: number }) {
      const known = find(project, prompt);
      if (known === undefined) return undefined;
      const wanted = label === undefined ? (number ?? known.version) : labelled(known, label);
      return wanted === undefined || wanted > known.version ? undefined : version(known.id, wanted);
    },
    create: (prompt, content, write) =>
      transact(() => {
        if (find(prompt.project, prompt.name) !== undefined)
          throw new HeddleError('conflict', `The project has a prompt '${prompt.name}' already: choose another name.`);
        const id = randomUUID();
        const { kind } = content;
        statements.insert.run({ ...prompt, id, kind, owners: JSON.stringify(prompt.owners), now: clock.now() });
        insertVersion(statements, id, { content, version: 1, now: clock.now() }, write);
        return get(id);
      }),
    save: (id, content, write) => transact(() => save(statements, get(id), content, { ...write, now: clock.now() })),
    setLabel(id, label, number) {
      if (label === newestLabel)
        throw new HeddleError('bad_request', `'${newestLabel}' always is the newest version: choose another label.`);
      transact(() => {
        const known = get(id);
        if (number === undefined) statements.removeLabel.run(id, label);
        else statements.setLabel.run(id, label, versionOf(statements, known, number).version);
      });
    },
    change: (id, { title, owners }) =>
      transact(() => {
        const known = get(id);
        statements.change.run(title ?? known.title, JSON.stringify(owners ?? known.owners), clock.now(), id);
      }),
    delete: (id) => transact(() => void statements.remove.run(id)),
  };
}

const readJson = (text: string): unknown => JSON.parse(text);
const Lists = PromptInfo.pick({ labels: true, owners: true });

const labelled = ({ labels, version }: PromptInfo, label: string): number | undefined =>
  label === newestLabel ? version : Object.hasOwn(labels, label) ? labels[label] : undefined;

function infoOf({ labels, owners, ...row }: PromptRow): PromptInfo {
  const read: Readonly<Record<string, unknown>> = { labels: readJson(labels), owners: readJson(owners) };
  return { ...row, ...Lists.parse(read) };
}

function versionOf(statements: PromptStatements, { id, name }: PromptInfo, version: number): StoredPromptVersion {
  const row = statements.version.get(id, version);
  if (row === undefined) throw new HeddleError('not_found', `The prompt '${name}' has no version ${version}.`);
  return { ...row, content: PromptContent.parse(JSON.parse(row.content)) };
}

const hashOf = (content: PromptContent): string => `sha256:${hash('sha256', canonicalJson(content))}`;

function insertVersion(
  statements: PromptStatements,
  id: string,
  { content, version, now }: { readonly content: PromptContent; readonly version: number; readonly now: number },
  { who, note }: PromptWrite,
): PromptVersion {
  const made = { version, hash: hashOf(content), note, who };
  statements.insertVersion.run({ id, ...made, content: JSON.stringify(content), now });
  return { ...made, createdAt: now };
}

function save(
  statements: PromptStatements,
  { id, name, kind, version }: PromptInfo,
  content: PromptContent,
  { base, now, ...write }: PromptWrite & { readonly now: number },
): PromptVersion & { readonly isNew: boolean } {
  if (content.kind !== kind)
    throw new HeddleError(
      'bad_request',
      `The prompt '${name}' is a ${kind === 'chat' ? 'chat' : 'text'}, and its versions are too: make another prompt.`,
    );
  const newest = statements.version.get(id, version);
  if (newest?.hash === hashOf(content)) {
    const { content: _content, ...same } = newest;
    return { ...same, isNew: false };
  }
  if (base !== undefined && base !== version)
    throw new HeddleError(
      'conflict',
      `The prompt '${name}' has version ${version} now, made by ${newest?.who ?? 'somebody'}; you changed version ${base}: compare both, and save again on version ${version}.`,
      { details: { version, base } },
    );
  const made = insertVersion(statements, id, { content, version: version + 1, now }, write);
  statements.advance.run(made.version, now, id);
  return { ...made, isNew: true };
}
