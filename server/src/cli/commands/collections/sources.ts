import { CreateSourceRequest, HeddleError, withoutUndefined, type SourceReply, type SyncCounts } from '@heddle/core';
import type { Command } from 'commander';
import { print, printJson, table } from '../../output.js';
import { readersOf } from '../access/readers.js';
import { withClient } from '../context.js';
import { followDocuments } from './follow-documents.js';
import { parseArgument, type JsonOption } from '../parse-argument.js';

interface SettingFlags extends JsonOption {
  readonly title?: string;
  readonly set: readonly string[];
  readonly secret?: string;
  readonly label?: SourceReply['label'];
  readonly readers: readonly string[];
  readonly cron?: string;
  readonly timeZone?: string;
}

const all = (name: string) => ({ params: { path: { name } } });
const one = (name: string, source: string) => ({ params: { path: { name, source } } });

/** `heddle sources list`. */
export async function listSources(name: string, { json }: JsonOption, command: Command): Promise<void> {
  const { sources } = await withClient(command, ({ api }) => api.GET('/api/collections/{name}/sources', all(name)));
  if (json === true) printJson(sources);
  else if (sources.length === 0)
    print(
      `The collection ${name} has no sources: heddle sources add ${name} ID KIND adds one, heddle sources kinds lists the kinds.`,
    );
  else
    print(
      ...table([
        ['id', 'kind', 'documents', 'failures', 'state', 'last sync', 'last change'],
        ...sources.map(({ id, kind, state, ...source }) => [
          ...[id, kind, String(state.documents), String(state.failures), stateText({ ...source, state })],
          ...[timeText(state.syncedAt), timeText(state.changedAt)],
        ]),
      ]),
    );
}

/** `heddle sources kinds`. */
export async function listKinds({ json }: JsonOption, command: Command): Promise<void> {
  const { kinds } = await withClient(command, ({ api }) => api.GET('/api/sources/kinds'));
  if (json === true) {
    printJson(kinds);
    return;
  }
  for (const { kind, title, description, config, secret } of kinds) {
    print(`${kind}: ${title}. ${description}${secret === 'none' ? '' : ` Secret: ${secret}.`}`);
    const fields = (config['properties'] ?? {}) as Record<
      string,
      { readonly description?: string; readonly default?: unknown }
    >;
    const required = (config['required'] ?? []) as readonly string[];
    for (const [field, about] of Object.entries(fields)) {
      const usual = about.default === undefined ? '' : ` (default: ${JSON.stringify(about.default)})`;
      print(`  ${field}${required.includes(field) ? ', required' : ''}: ${about.description ?? ''}${usual}`);
    }
  }
}

/** `heddle sources add`. */
export async function addSource(
  name: string,
  id: string,
  kind: string,
  options: SettingFlags & { readonly paused?: true },
  command: Command,
): Promise<void> {
  const given = { id, kind, ...settingsOf(options), title: options.title ?? id, config: configOf(options.set) };
  const body = parseArgument(CreateSourceRequest, { ...given, isPaused: options.paused === true }, 'The source');
  const source = await withClient(command, async ({ api }) => {
    const made = await api.POST('/api/collections/{name}/sources', { ...all(name), body });
    if (made.state.job !== undefined) await followDocuments(api, made.state.job, documentsText(made.id));
    return api.GET('/api/collections/{name}/sources/{source}', one(name, made.id));
  });
  show(source, options);
}

/** `heddle sources change`. */
export async function changeSource(name: string, id: string, options: SettingFlags, command: Command): Promise<void> {
  const source = await withClient(command, async ({ api }) => {
    const { config } = await api.GET('/api/collections/{name}/sources/{source}', one(name, id));
    const changed = options.set.length === 0 ? undefined : { ...config, ...configOf(options.set) };
    const body = withoutUndefined({ ...settingsOf(options), title: options.title, config: changed });
    return api.PATCH('/api/collections/{name}/sources/{source}', { ...one(name, id), body });
  });
  show(source, options);
}

/** `heddle sources sync`. */
export async function syncSourceNow(
  name: string,
  id: string,
  options: JsonOption & { readonly full?: true; readonly mayEmpty?: true },
  command: Command,
): Promise<void> {
  const body = { isFull: options.full === true, mayEmpty: options.mayEmpty === true };
  const source = await withClient(command, async ({ api }) => {
    const { jobId } = await api.POST('/api/collections/{name}/sources/{source}/sync', { ...one(name, id), body });
    await followDocuments(api, jobId, documentsText(id));
    return api.GET('/api/collections/{name}/sources/{source}', one(name, id));
  });
  show(source, options);
}

/** `heddle sources pause`. */
export const pauseSource = (name: string, id: string, options: JsonOption, command: Command): Promise<void> =>
  setPaused(name, id, true, options, command);

/** `heddle sources resume`. */
export const resumeSource = (name: string, id: string, options: JsonOption, command: Command): Promise<void> =>
  setPaused(name, id, false, options, command);

/** `heddle sources failures`. */
export async function listFailures(name: string, id: string, { json }: JsonOption, command: Command): Promise<void> {
  const failures = await withClient(command, async ({ api }) => {
    const found = [];
    for (let after: string | undefined; ;) {
      const { params } = one(name, id);
      const query = withoutUndefined({ limit: 1_000, after });
      const page = await api.GET('/api/collections/{name}/sources/{source}/failures', { params: { ...params, query } });
      found.push(...page.failures);
      after = page.failures.at(-1)?.id;
      if (after === undefined || page.failures.length < 1_000) return found;
    }
  });
  if (json === true) printJson(failures);
  else if (failures.length === 0) print(`Every document of the source ${id} is in the collection.`);
  else for (const { id: document, code, message } of failures) print(`${document}: ${message} (${code})`);
}

/** `heddle sources remove`. */
export async function removeSource(
  name: string,
  id: string,
  options: JsonOption & { readonly withDocuments?: true },
  command: Command,
): Promise<void> {
  const documents = options.withDocuments === true ? 'remove' : 'keep';
  const removed = await withClient(command, async ({ api }) => {
    const { params } = one(name, id);
    const reply = await api.DELETE('/api/collections/{name}/sources/{source}', {
      params: { ...params, query: { documents } },
    });
    if (reply.jobId !== undefined) await followDocuments(api, reply.jobId, documentsText(id));
    return reply;
  });
  if (options.json === true) printJson(removed);
  else print(`The source ${id} is deleted; its documents ${documents === 'keep' ? 'stay' : 'are removed'}.`);
}

async function setPaused(
  name: string,
  id: string,
  isPaused: boolean,
  options: JsonOption,
  command: Command,
): Promise<void> {
  const source = await withClient(command, ({ api }) =>
    api.PATCH('/api/collections/{name}/sources/{source}', { ...one(name, id), body: { isPaused } }),
  );
  show(source, options);
}

const documentsText =
  (id: string) =>
  ({ documents = 0 }: { readonly documents?: number }): string =>
    `${id}: ${documents} documents`;

function settingsOf({ secret, label, readers, cron, timeZone }: SettingFlags): Partial<CreateSourceRequest> {
  if (cron === undefined && timeZone !== undefined)
    throw new HeddleError('usage', 'A time zone needs a schedule: add --cron.');
  return withoutUndefined({
    secret,
    label,
    readers: readers.length === 0 ? undefined : readersOf(readers),
    schedule: cron === undefined ? undefined : { cron, timeZone: timeZone ?? 'UTC' },
  }) as Partial<CreateSourceRequest>; // The server validates it.
}

/** Parses the `name=value` fields of a source's configuration. A value that is valid JSON is parsed, any other is text. */
function configOf(fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    fields.map((given): [string, unknown] => {
      const at = given.indexOf('=');
      if (at < 1) throw new HeddleError('usage', `'${given}' is no field: write --set path=docs.`);
      const text = given.slice(at + 1);
      try {
        return [given.slice(0, at), JSON.parse(text)];
      } catch {
        return [given.slice(0, at), text];
      }
    }),
  );
}

function show(source: SourceReply, { json }: JsonOption): void {
  if (json === true) {
    printJson(source);
    return;
  }
  const { id, state } = source;
  print(`${id}: ${stateText(source)}; ${state.documents} documents, ${state.failures} could not be imported.`);
  if (state.counts !== undefined) print(countsText(state.counts));
  if (state.error !== undefined) print(`${state.error.message} (${state.error.code})`);
}

const countsText = ({ named, stored, unchanged, removed, failed }: SyncCounts): string =>
  `Last sync: ${named} named, ${stored} stored, ${unchanged} unchanged, ${removed} removed, ${failed} failed.`;

function stateText({ isPaused, isRemoving, state }: Pick<SourceReply, 'isPaused' | 'isRemoving' | 'state'>): string {
  if (isRemoving) return 'is removed';
  if (isPaused) return 'paused';
  if (state.job !== undefined) return 'syncing';
  return state.error === undefined ? 'in sync' : `failed (${state.error.code})`;
}

const timeText = (time: number | undefined): string => (time === undefined ? '–' : new Date(time).toISOString());
