import { BatchPreview, BatchReply, HeddleError, type BatchRow } from '@heddle/core';
import { addressOf } from '@heddle/core/api-client';
import type { Command } from 'commander';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Caller } from '../../client/http-call.js';
import { multipartOf } from '../../client/multipart.js';
import { print, printJson, printToStderr, table } from '../../output.js';
import type { JsonOption } from '../parse-argument.js';
import { batchLines, countsText, follow, previewLines } from './batch-text.js';
import { withClient } from '../context.js';
import { pairOf } from './channels.js';

interface BatchOptions extends JsonOption {
  readonly name?: string;
  readonly column: readonly string[];
  readonly concurrency?: number;
  readonly budget?: number;
  readonly providerBatch?: string;
  readonly clearance?: string;
  readonly useVersion?: number;
  readonly check?: true;
  readonly detach?: true;
}

/** `heddle batches`. */
export async function listBatches(workflow: string, options: JsonOption, command: Command): Promise<void> {
  const { batches } = await withClient(command, ({ api }) =>
    api.GET('/api/workflows/{id}/batches', { params: { path: { id: workflow } } }),
  );
  if (options.json === true) printJson(batches);
  else if (batches.length === 0) print(`'${workflow}' has no batches.`);
  else
    print(
      ...table([
        ['id', 'name', 'status', 'rows', 'begun'],
        ...batches.map(({ id, name, status, rows, createdAt }) => [
          ...[id, name, status, countsText(rows), new Date(createdAt).toISOString()],
        ]),
      ]),
    );
}

/** `heddle batches create`. Exit code 1 if rows do not fit or failed. */
export async function createBatch(
  workflow: string,
  file: string,
  options: BatchOptions,
  command: Command,
): Promise<void> {
  const content = await readFile(file).catch((cause: unknown) => {
    throw new HeddleError('file_not_found', `'${file}' cannot be read: check the path.`, { cause });
  });
  await withClient(command, async (client) => {
    const path = addressOf('/api/workflows/{id}/batches', { path: { id: workflow } });
    const send = (at: string): Promise<unknown> => upload(client, at, { file, content, options });
    if (options.check === true) {
      const preview = BatchPreview.parse(await send(`${path}/preview`));
      if (options.json === true) printJson(preview);
      else print(...previewLines(preview));
      if (preview.bad > 0) process.exitCode = 1;
      return;
    }
    const begun = BatchReply.parse(await send(path));
    if (options.json !== true) printToStderr(`batch ${begun.id}`);
    await finish(client, workflow, begun, options);
  });
}

async function upload(
  { request }: Caller,
  path: string,
  { file, content, options }: { readonly file: string; readonly content: Uint8Array; readonly options: BatchOptions },
): Promise<unknown> {
  const columns = options.column.map((entry) => pairOf(entry, '--column'));
  const fields: Readonly<Record<string, string | undefined>> = {
    name: options.name ?? basename(file).slice(0, 100),
    columns: columns.length === 0 ? undefined : JSON.stringify(Object.fromEntries(columns)),
    concurrency: options.concurrency?.toString(),
    budget: options.budget?.toString(),
    providerBatch: options.providerBatch,
    clearance: options.clearance,
    version: options.useVersion?.toString(),
  };
  const parts = Object.entries(fields).flatMap(([name, text]) => (text === undefined ? [] : [{ name, content: text }]));
  const form = multipartOf([...parts, { name: 'file', filename: basename(file), content }]);
  return (await request('POST', path, form)).json();
}

/** `heddle batches show`. */
export async function showBatch(workflow: string, id: string, options: JsonOption, command: Command): Promise<void> {
  const { batch, failed } = await withClient(command, async ({ api }) => ({
    batch: await readBatch(api, workflow, id),
    failed: (
      await api.GET('/api/workflows/{id}/batches/{batch}/rows', {
        params: { path: { id: workflow, batch: id }, query: { status: 'failed', limit: 20 } },
      })
    ).rows,
  }));
  if (options.json === true) printJson({ ...batch, failed });
  else print(...batchLines(batch), ...failedLines(failed));
}

const readBatch = (api: Caller['api'], workflow: string, batch: string): Promise<BatchReply> =>
  api.GET('/api/workflows/{id}/batches/{batch}', { params: { path: { id: workflow, batch } } });

const failedLines = (rows: readonly BatchRow[]): readonly string[] =>
  rows.map(
    ({ number, error, runId }) => `  row ${number}: ${error ?? 'failed'}${runId === undefined ? '' : `, run ${runId}`}`,
  );

/** `heddle batches follow`. Exit code 1 if rows failed. */
export async function followBatch(workflow: string, id: string, options: JsonOption, command: Command): Promise<void> {
  await withClient(command, async (client) => {
    await finish(client, workflow, await readBatch(client.api, workflow, id), options);
  });
}

/** `heddle batches pause|resume|cancel|retry`. */
export async function changeBatch(
  verb: 'pause' | 'resume' | 'cancel' | 'retry',
  workflow: string,
  id: string,
  options: JsonOption & { readonly budget?: number; readonly detach?: true },
  command: Command,
): Promise<void> {
  await withClient(command, async (client) => {
    const isOver = verb === 'pause' || verb === 'cancel';
    const params = { path: { id: workflow, batch: id } };
    const batch = await (isOver
      ? client.api.POST(`/api/workflows/{id}/batches/{batch}/${verb}`, { params })
      : client.api.POST(`/api/workflows/{id}/batches/{batch}/${verb}`, { params, body: { budget: options.budget } }));
    await finish(client, workflow, batch, isOver ? { ...options, detach: true } : options);
  });
}

async function finish(
  { api }: Caller,
  workflow: string,
  batch: BatchReply,
  options: JsonOption & { readonly detach?: true },
): Promise<void> {
  const last = options.detach === true ? batch : await follow(batch, () => readBatch(api, workflow, batch.id));
  if (options.json === true) printJson(last);
  else print(...batchLines(last));
  if (options.detach !== true && (last.status !== 'done' || last.rows.failed > 0)) process.exitCode = 1;
}

/** `heddle batches download`. */
export async function downloadBatch(
  workflow: string,
  id: string,
  options: JsonOption & { readonly format: string; readonly out?: string },
  command: Command,
): Promise<void> {
  const { out } = options;
  if (options.json === true && out === undefined)
    throw new HeddleError('usage', '--json prints one document, and the rows are many: name a file with --out.');
  await withClient(command, async ({ request }) => {
    const { body } = await request(
      'GET',
      addressOf('/api/workflows/{id}/batches/{batch}/results', {
        path: { id: workflow, batch: id },
        query: { format: options.format },
      }),
    );
    if (body === null) return;
    if (out !== undefined) await pipeline(Readable.fromWeb(body), createWriteStream(out));
    else for await (const text of body.pipeThrough(new TextDecoderStream())) process.stdout.write(text);
  });
  if (options.json === true) printJson({ batch: id, file: out });
}

/** `heddle batches delete`. */
export async function removeBatch(workflow: string, id: string, options: JsonOption, command: Command): Promise<void> {
  await withClient(command, ({ api }) =>
    api.DELETE('/api/workflows/{id}/batches/{batch}', { params: { path: { id: workflow, batch: id } } }),
  );
  if (options.json === true) printJson({ removed: id });
  else print(`${id} is removed`);
}
