import {
  DatasetWriteReply,
  HeddleError,
  type DatasetFormat,
  type DatasetInfo,
  type FeedbackFilter,
} from '@heddle/core';
import { addressOf } from '@heddle/core/api-client';
import type { Command } from 'commander';
import { createReadStream, existsSync } from 'node:fs';
import { basename, extname } from 'node:path';
import type { Client } from '../client/http-call.js';
import { multipartOf, type Part } from '../client/multipart.js';
import { print, printJson, table } from '../output.js';
import { readTime } from '../read-time.js';
import { withClient } from './context.js';
import { timeOf } from './channels/channels.js';
import type { JsonOption } from './parse-argument.js';

/** `heddle datasets list`. */
export async function listDatasets({ json }: JsonOption, command: Command): Promise<void> {
  const { datasets } = await withClient(command, ({ api }) => api.GET('/api/datasets'));
  if (json === true) printJson(datasets);
  else if (datasets.length === 0) print('There is no dataset: heddle datasets import NAME FILE makes one.');
  else
    print(
      ...table([
        ['id', 'name', 'version', 'rows', 'written'],
        ...datasets.map(({ id, name, version, rows, updatedAt }) => [
          id,
          name,
          String(version),
          String(rows),
          timeOf(updatedAt),
        ]),
      ]),
    );
}

/** `heddle datasets show`: shows versions, problems and the first rows. */
export async function showDataset(
  given: string,
  { limit, json, of }: JsonOption & { readonly limit: number; readonly of?: number },
  command: Command,
): Promise<void> {
  const found = await withClient(command, async (client) => {
    const path = { id: (await requireDataset(client, given)).id };
    const query = { version: of };
    const [dataset, problems, { rows }] = await Promise.all([
      client.api.GET('/api/datasets/{id}', { params: { path } }),
      client.api.GET('/api/datasets/{id}/problems', { params: { path, query } }),
      client.api.GET('/api/datasets/{id}/rows', { params: { path, query: { ...query, limit } } }),
    ]);
    return { ...dataset, problems, rows };
  });
  if (json === true) {
    printJson(found);
    return;
  }
  const { name, versions, problems, rows } = found;
  print(`${name}: ${problems.duplicates} duplicates, ${problems.leaks} inputs in several splits.`);
  for (const { version, rows: size, added, removed, who, note, createdAt } of versions)
    print(`${timeOf(createdAt)}  version ${version}: ${size} rows (+${added} -${removed}) by ${who} ${note}`.trimEnd());
  for (const { id, label, inputs, expected } of rows) print(JSON.stringify({ id, label, inputs, expected }));
}

interface ImportOptions extends JsonOption {
  readonly format?: string;
  readonly replace?: true;
  readonly label?: string;
  readonly split?: string;
  readonly documentPrefix?: string;
  readonly note?: string;
}

/** `heddle datasets import`: creates the dataset if there is none of that name. */
export async function importDataset(
  given: string,
  files: readonly string[],
  { format, replace, json, ...more }: ImportOptions,
  command: Command,
): Promise<void> {
  for (const file of files)
    if (!existsSync(file)) throw new HeddleError('file_not_found', `There is no file '${file}': check the path.`);
  const query = { ...more, format: format ?? formatOf(files[0] ?? ''), mode: replace === true ? 'replace' : 'add' };
  const written = await withClient(command, async (client) => {
    const known = await findDataset(client, given);
    const { id } = known ?? (await client.api.POST('/api/datasets', { body: { name: given, description: '' } }));
    const address = addressOf('/api/datasets/{id}/import', { path: { id }, query });
    try {
      const reply = await client.request('POST', address, multipartOf(partsOf(files)));
      return DatasetWriteReply.parse(await reply.json());
    } catch (error) {
      // A file that does not fit must not leave an empty dataset behind.
      if (known === undefined) await client.api.DELETE('/api/datasets/{id}', { params: { path: { id } } });
      throw error;
    }
  });
  report(given, written, json);
}

function formatOf(file: string): DatasetFormat {
  const ending = extname(file).toLowerCase();
  if (ending === '.parquet') return 'parquet';
  return ending === '.csv' || ending === '.tsv' ? 'csv' : 'jsonl';
}

function* partsOf(files: readonly string[]): Generator<Part> {
  for (const file of files) yield { name: 'file', filename: basename(file), content: createReadStream(file) };
}

interface ExportOptions {
  readonly format?: string;
  readonly part?: string;
  readonly of?: number;
}

/** `heddle datasets export`: writes rows to standard output. */
export async function exportDataset(given: string, { of, ...query }: ExportOptions, command: Command): Promise<void> {
  await withClient(command, async (client) => {
    const path = { id: (await requireDataset(client, given)).id };
    const address = addressOf('/api/datasets/{id}/export', { path, query: { ...query, version: of } });
    const { body } = await client.request('GET', address);
    // The bytes are passed on unchanged, because Parquet is not text.
    const parts: AsyncIterable<Uint8Array> | readonly Uint8Array[] = body ?? [];
    for await (const bytes of parts) process.stdout.write(bytes);
  });
}

interface FromRunsOptions extends JsonOption {
  readonly workflow?: string;
  readonly run: readonly string[];
  readonly since?: string;
  readonly search?: string;
  readonly feedback?: FeedbackFilter;
  readonly limit: number;
  readonly split?: string;
  readonly tag: readonly string[];
}

/** `heddle datasets from-runs`. */
export async function addRuns(
  given: string,
  { json, since, tag, run, ...more }: FromRunsOptions,
  command: Command,
): Promise<void> {
  if (more.workflow === undefined && run.length === 0)
    throw new HeddleError('usage', 'Name the runs: --workflow ID for the finished runs of a workflow, or --run ID.');
  const listed = (list: readonly string[]) => (list.length === 0 ? undefined : [...list]);
  const body = { ...more, since: readTime(since, '--since'), runs: listed(run), tags: listed(tag), note: '' };
  const written = await withClient(command, async (client) =>
    client.api.POST('/api/datasets/{id}/runs', {
      params: { path: { id: (await requireDataset(client, given)).id } },
      body,
    }),
  );
  report(given, written, json);
  if (json === true) return;
  if (written.corrected > 0) print(`${written.corrected} of these rows have a corrected answer.`);
  if (written.withoutAnswer > 0)
    print(`${written.withoutAnswer} of these rows have no expected answer: people found the answer of the run bad.`);
  for (const { level, rows } of written.labels) print(`${rows} of these rows ${rows === 1 ? 'is' : 'are'} ${level}.`);
  if (written.skipped > 0)
    print(`${written.skipped} runs gave no row: they have not finished, or you may not read them.`);
}

/** `heddle datasets remove`. */
export async function removeDataset(given: string, { json }: JsonOption, command: Command): Promise<void> {
  const id = await withClient(command, async (client) => {
    const found = await requireDataset(client, given);
    await client.api.DELETE('/api/datasets/{id}', { params: { path: { id: found.id } } });
    return found.id;
  });
  if (json === true) printJson({ id });
  else print(`The dataset ${given} is removed.`);
}

function report(name: string, written: DatasetWriteReply, json: boolean | undefined): void {
  const { version, rows, added, removed, unchanged } = written;
  if (json === true) printJson(written);
  else
    print(`${name}: version ${version} has ${rows} rows; ${added} added, ${removed} removed, ${unchanged} unchanged.`);
}

export async function requireDataset(client: Client, given: string): Promise<Pick<DatasetInfo, 'id'>> {
  const found = await findDataset(client, given);
  if (found !== undefined) return found;
  throw new HeddleError('not_found', `There is no dataset '${given}': heddle datasets list names them.`);
}

/** Finds a dataset by its id, or by its name if only one dataset has it. */
async function findDataset({ api }: Client, given: string): Promise<Pick<DatasetInfo, 'id'> | undefined> {
  const { datasets } = await api.GET('/api/datasets');
  const byId = datasets.find(({ id }) => id === given);
  if (byId !== undefined) return byId;
  const [first, ...others] = datasets.filter(({ name }) => name === given);
  if (others.length > 0)
    throw new HeddleError('usage', `Several datasets have the name '${given}': name one by its id.`);
  return first;
}
