import { HeddleError, LabelLevel, NewSplitter, type CollectionInfo, type IngestProgress } from '@heddle/core';
import type { Command } from 'commander';
import { existsSync } from 'node:fs';
import type { Caller } from '../client/http-call.js';
import { ingestDocuments } from '../client/jobs.js';
import { endProgress, print, printJson, printToStderr, showProgress } from '../output.js';
import { readersOf } from './access/readers.js';
import { refuseOtherSplitter, splitterOf, type SplitterFlags } from './collections/splitter-flags.js';
import { untilInterrupted, withClient } from './context.js';

interface IngestCommandOptions extends SplitterFlags {
  readonly model?: string;
  readonly title?: string;
  readonly label?: string;
  readonly store?: CollectionInfo['store'];
  readonly readers?: readonly string[];
  readonly sync?: true;
  readonly json?: true;
}

/** `heddle ingest`: imports files and folders into a collection. If some documents fail, it imports the others and then fails. */
export async function ingest(
  name: string,
  paths: readonly string[],
  options: IngestCommandOptions,
  command: Command,
): Promise<void> {
  requirePaths(paths);
  if (options.sync !== true) await requireDocuments(paths);
  await withClient(command, async (client) => {
    await ensureCollection(client.api, name, options);
    const { readFolder } = await import('@heddle/adapters/documents');
    let last: IngestProgress | undefined;
    const work = (signal: AbortSignal) =>
      ingestDocuments(client, name, readFolder(paths), {
        sync: options.sync === true,
        readers: options.readers === undefined || options.readers.length === 0 ? undefined : readersOf(options.readers),
        signal,
        onProgress: (progress) => {
          last = progress;
          showIngestProgress(progress);
        },
      });
    const report = await untilInterrupted(work).catch((error: unknown) => {
      endProgress();
      printFailedDocuments(last);
      throw error;
    });
    endProgress();
    for (const failure of report.failures) printToStderr(`${failure.document}: ${failure.message} (${failure.code})`);
    if (options.json === true) printJson(report);
    else {
      const removed = report.removed > 0 ? `, ${report.removed} removed` : '';
      print(
        `${name}: ${report.done} of ${report.documents} documents imported, ${report.unchanged} unchanged, ${report.failed} failed${removed}; ${report.passages} passages.`,
      );
    }
    if (report.failures.length > 0) process.exitCode = 1;
  });
}

/** This check comes first, because a mistyped path must not create an empty collection. */
function requirePaths(paths: readonly string[]): void {
  for (const path of paths)
    if (!existsSync(path))
      throw new HeddleError('file_not_found', `There is no file or folder '${path}': check the path.`);
}

/** An empty folder must not create an empty collection either. With `--sync`, an empty folder means that all documents are gone. */
async function requireDocuments(paths: readonly string[]): Promise<void> {
  const { readFolder } = await import('@heddle/adapters/documents');
  for await (const _ of readFolder(paths)) return;
  const [first] = paths;
  throw new HeddleError(
    'usage',
    `There is no document in ${paths.length === 1 ? `'${first ?? ''}'` : 'these folders'}: hidden files and links are skipped. With --sync an empty folder empties the collection.`,
  );
}

async function ensureCollection(api: Caller['api'], name: string, options: IngestCommandOptions): Promise<void> {
  const { model, label, title, store } = options;
  const splitter = splitterOf(options);
  const { collections } = await api.GET('/api/collections');
  const known = collections.find((collection) => collection.name === name);
  if (known !== undefined) {
    refuseOtherSplitter(known, splitter);
    if (store !== undefined && store !== known.store)
      throw new HeddleError(
        'collection_exists',
        `The collection '${name}' is in the store ${known.store}, not ${store}: leave --store out, or take another name.`,
        {
          details: { collection: name },
        },
      );
    if (model === undefined || model === known.embedding) return;
    throw new HeddleError(
      'collection_model',
      `The collection '${name}' was filled with ${known.embedding}, not ${model}: leave --model out, or take another name.`,
      { details: { collection: name } },
    );
  }
  const level = label === undefined ? undefined : LabelLevel.safeParse(label);
  if (level?.success === false)
    throw new HeddleError('usage', `--label must be one of ${LabelLevel.options.join(', ')}.`);
  await api.POST('/api/collections', {
    body: {
      name,
      title,
      embedding: model ?? (await starterEmbedder(api)),
      label: level?.data,
      store,
      splitter: NewSplitter.parse(splitter),
    },
  });
}

/** The default embedding model, else one that is on this machine. */
async function starterEmbedder(api: Caller['api']): Promise<string> {
  const { models } = await api.GET('/api/models');
  const embedders = models.filter(({ card }) => card.kind === 'embed');
  const chosen =
    embedders.find(({ card }) => card.isStarter) ??
    embedders.find(({ status }) => status === 'ready' || status === 'loaded');
  if (chosen === undefined)
    throw new HeddleError('usage', 'Name an embedding model with --model; heddle models lists them.');
  return chosen.card.id;
}

/** Names the documents that failed. An import that was stopped has no report, so its last progress is used. */
function printFailedDocuments({ recent = [] }: Partial<IngestProgress> = {}): void {
  for (const { document, stage, message } of recent)
    if (stage === 'failed') printToStderr(`${document}: ${message ?? 'failed'}`);
}

function showIngestProgress({ documents, done, unchanged, failed, stage, current }: IngestProgress): void {
  const what = stage === undefined ? '' : ` ${stage}`;
  showProgress(
    `${done + unchanged + failed} of ${documents} documents${what}${current === undefined ? '' : ` ${current.slice(-60)}`}`,
  );
}
