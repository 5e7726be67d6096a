import { randomUUID } from 'node:crypto';
import {
  HeddleError,
  newestLabel,
  PromptContent,
  PromptInfo,
  type Clock,
  type GuardedWrite,
  type PromptStore,
  type PromptVersion,
  type PromptWrite,
  type StatementValues,
  type StoredPromptVersion,
  type Tables,
} from '@heddle/core';
import * as write from './prompt-writes.js';

/** A prompt, joined with one of its labels. `owners` is JSON. */
interface PromptRow {
  readonly id: string;
  readonly project: string;
  readonly name: string;
  readonly title: string;
  readonly kind: 'text' | 'chat';
  readonly version: number;
  readonly owners: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly label: string | null;
  readonly labelled: number | null;
}

type VersionRow = PromptVersion & { readonly content: string };

/** One statement, so that a prompt and its labels are read at the same moment. */
const prompts = `SELECT id, project, name, title, kind, prompts.version AS version, owners, created_at AS "createdAt",
  updated_at AS "updatedAt", label, prompt_labels.version AS labelled FROM prompts LEFT JOIN prompt_labels ON prompt = id`;
const versionColumns = 'version, hash, note, who, created_at AS "createdAt"';

/** Stores the prompt library in any database. @example const prompts = createPromptStore(sqliteTables(database), clock); */
export function createPromptStore(tables: Tables, clock: Pick<Clock, 'now'>): PromptStore {
  const select = async (end: string, values?: StatementValues): Promise<readonly PromptInfo[]> =>
    infosOf(await tables.all<PromptRow>(`${prompts} ${end}`, values));
  const get = async (id: string): Promise<PromptInfo> => {
    const [found] = await select('WHERE id = @id ORDER BY label', { id });
    if (found === undefined) throw write.promptNotFound(id);
    return found;
  };
  const find = async (project: string, name: string): Promise<PromptInfo | undefined> =>
    (await select('WHERE project = @project AND name = @name ORDER BY label', { project, name }))[0];
  const findVersion = async (id: string, version: number): Promise<StoredPromptVersion | undefined> => {
    const sql = `SELECT ${versionColumns}, content FROM prompt_versions WHERE prompt = @id AND version = @version`;
    const row = await tables.get<VersionRow>(sql, { id, version });
    return row === undefined ? undefined : { ...row, content: PromptContent.parse(JSON.parse(row.content)) };
  };
  const versionOf = async ({ id, name }: PromptInfo, version: number): Promise<StoredPromptVersion> => {
    const found = await findVersion(id, version);
    if (found === undefined) throw new HeddleError('not_found', `The prompt '${name}' has no version ${version}.`);
    return found;
  };
  return {
    get,
    find,
    version: async (id, number) => versionOf(await get(id), number),
    list: () => select('ORDER BY name, id, label'),
    versions: async (id) => {
      const sql = `SELECT ${versionColumns} FROM prompt_versions WHERE prompt = @id ORDER BY version DESC`;
      const found = await tables.all<PromptVersion>(sql, { id });
      // Every prompt has a version.
      if (found.length === 0) throw write.promptNotFound(id);
      return found;
    },
    async resolve(project, { prompt, label, version: number }) {
      const known = await find(project, prompt);
      if (known === undefined) return undefined;
      const wanted = label === undefined ? (number ?? known.version) : labelled(known, label);
      return wanted === undefined ? undefined : findVersion(known.id, wanted);
    },
    create: (given, content, by) => created(given, content, { ...by, now: clock.now() }),
    async save(id, content, by) {
      const prompt = await get(id);
      const newest = await versionOf(prompt, prompt.version);
      return saved(prompt, newest, content, { ...by, now: clock.now() });
    },
    async setLabel(id, label, number) {
      checkLabel(label);
      const known = await get(id);
      if (number === undefined) return [write.removeLabel(id, label)];
      return [write.setLabel(id, label, (await versionOf(known, number)).version)];
    },
    change: (prompt, { title, owners }) => [
      write.changePrompt(prompt, { title: title ?? null, owners: owners ?? prompt.owners, now: clock.now() }),
    ],
    delete: (id) => [write.removePrompt(id)],
  };
}

type Timed = PromptWrite & { readonly now: number };

const Owners = PromptInfo.shape.owners;

/** Joins the rows of each prompt, which are adjacent. */
function infosOf(rows: readonly PromptRow[]): readonly PromptInfo[] {
  const infos: PromptInfo[] = [];
  for (const { label, labelled: version, owners, ...about } of rows) {
    const last = infos.at(-1);
    const named = label === null || version === null ? {} : { [label]: version };
    if (last?.id === about.id) infos[infos.length - 1] = { ...last, labels: { ...last.labels, ...named } };
    else infos.push({ ...about, owners: Owners.parse(JSON.parse(owners)), labels: named });
  }
  return infos;
}

const labelled = ({ labels, version }: PromptInfo, label: string): number | undefined =>
  label === newestLabel ? version : Object.hasOwn(labels, label) ? labels[label] : undefined;

function checkLabel(label: string): void {
  if (label === newestLabel)
    throw new HeddleError('bad_request', `'${newestLabel}' always points to the newest version: choose another label.`);
}

function versionFor(content: PromptContent, version: number, { who, note, now }: Timed): PromptVersion {
  return { version, hash: write.hashOfPrompt(content), note, who, createdAt: now };
}

function created(
  about: Parameters<PromptStore['create']>[0],
  content: PromptContent,
  by: Timed,
): ReturnType<PromptStore['create']> {
  const { project, name, title, owners } = about;
  const prompt: PromptInfo = {
    id: randomUUID(),
    project,
    name,
    title,
    kind: content.kind,
    version: 1,
    labels: {},
    owners: [...owners],
    createdAt: by.now,
    updatedAt: by.now,
  };
  const version = versionFor(content, 1, by);
  return {
    prompt,
    hash: version.hash,
    writes: [write.insertPrompt(prompt), write.insertVersion(prompt.id, version, content)],
  };
}

function saved(
  { id, name, kind, version }: PromptInfo,
  newest: StoredPromptVersion,
  content: PromptContent,
  by: Timed,
): Awaited<ReturnType<PromptStore['save']>> {
  if (content.kind !== kind)
    throw new HeddleError(
      'bad_request',
      `The prompt '${name}' is a ${kind === 'chat' ? 'chat' : 'text'}, and so are all its versions: create another prompt.`,
    );
  const { base, label } = by;
  if (label !== undefined) checkLabel(label);
  const labels = (number: number): readonly GuardedWrite[] =>
    label === undefined ? [] : [write.setLabel(id, label, number)];
  if (newest.hash === write.hashOfPrompt(content)) {
    const { content: _content, ...same } = newest;
    return { version: { ...same, isNew: false }, writes: labels(same.version) };
  }
  if (base !== undefined && base !== version)
    throw new HeddleError(
      'conflict',
      `The prompt '${name}' has version ${version} now, made by ${newest.who}; you changed version ${base}: compare both, and save again on version ${version}.`,
      { details: { version, base } },
    );
  const made = versionFor(content, version + 1, by);
  // `advance` comes first: if two saves happen at once, the second one waits for it.
  const writes = [
    write.advance(id, made.version, made.createdAt),
    write.insertVersion(id, made, content),
    ...labels(made.version),
  ];
  return { version: { ...made, isNew: true }, writes };
}
