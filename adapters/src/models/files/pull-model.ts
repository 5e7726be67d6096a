import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rename, rm, statfs } from 'node:fs/promises';
import path from 'node:path';
import {
  HeddleError,
  toHeddleError,
  type ModelCard,
  type ModelFile,
  type ModelSource,
  type PullProgress,
} from '@heddle/core';
import { forgetPart } from '../sources/download-http.js';
import { throwIfAborted, type FetchContext, type HubSettings } from '../sources/fetch-context.js';
import { fetchSource } from '../sources/fetch-source.js';
import { diskError } from '../sources/write-hashed.js';
import { adoptFile, fileStates, modelFolder, type FileState } from './model-files.js';
import { readManifest, recordFile } from './manifest.js';
import { withModelLock } from './model-lock.js';

export interface PullOptions {
  readonly modelsFolder: string;
  readonly hub: HubSettings;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: PullProgress) => void) | undefined;
  /** Free bytes of the disk that holds a folder; the system's own by default. */
  readonly freeBytes?: (folder: string) => Promise<number>;
}

const scratchPrefix = '.fetch-';

/** Removes what a process that was killed left behind; the caller holds the lock. */
async function removeScratch(folder: string): Promise<void> {
  const left = (await readdir(folder)).filter((name) => name.startsWith(scratchPrefix));
  await Promise.all(left.map((name) => rm(path.join(folder, name), { recursive: true, force: true })));
}

/** Room that is left on the disk for everything else. */
const spareBytes = 64 * 2 ** 20;

/**
 * Fetches what is missing of a model's files, each from the first source that gives it.
 * Errors: `no_source` (details.tried has each source's reason), `checksum_mismatch`, `storage_full`, `storage_read_only`, `aborted`.
 */
export async function pullModel(card: ModelCard, options: PullOptions): Promise<void> {
  const folder = modelFolder(options.modelsFolder, card.id);
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw diskError(error, folder) ?? error;
  }
  await withModelLock(folder, options.signal, async () => {
    await removeScratch(folder);
    const states = await fileStates(options.modelsFolder, card);
    const report = createReport(card, states, options.onProgress);
    for (const state of states) {
      const isReady =
        state.status === 'ready' ||
        (state.status === 'unchecked' && (await adoptFile(options.modelsFolder, card, state)));
      if (!isReady) await pullFile(card, state, options, report);
    }
    report('', '', 'done', 0, undefined);
  });
}

const reportEveryMs = 100;

type Report = (
  file: string,
  source: string,
  stage: PullProgress['stage'],
  bytes: number,
  total: number | undefined,
) => void;

/** Adds up the bytes of all files. */
function createReport(card: ModelCard, states: readonly FileState[], onProgress: PullOptions['onProgress']): Report {
  const bytes = new Map(states.map((state) => [state.file.name, state.status === 'ready' ? state.bytes : 0]));
  const totals = new Map(
    states.map((state) => [state.file.name, state.status === 'ready' ? state.bytes : state.file.size]),
  );
  let [lastAt, lastStage] = [0, ''];
  return (file, source, stage, fileBytes, fileTotal) => {
    if (bytes.has(file)) bytes.set(file, fileBytes);
    if (fileTotal !== undefined) totals.set(file, fileTotal);
    if (stage === 'download' && stage === lastStage && performance.now() - lastAt < reportEveryMs) return;
    [lastAt, lastStage] = [performance.now(), stage];
    const known = [...totals.values()].filter((total) => total !== undefined);
    const total = known.length === totals.size ? known.reduce((sum, value) => sum + value, 0) : undefined;
    onProgress?.({
      model: card.id,
      file,
      source,
      stage,
      bytes: [...bytes.values()].reduce((sum, value) => sum + value, 0),
      total,
    });
  };
}

async function pullFile(card: ModelCard, state: FileState, options: PullOptions, report: Report): Promise<void> {
  const { file } = state;
  const tried: { source: ModelSource; code: string; message: string }[] = [];
  for (const source of file.sources) {
    throwIfAborted(options.signal);
    try {
      await pullFromSource(card, state, source, options, report);
      return;
    } catch (error) {
      throwIfAborted(options.signal);
      const known = diskError(error, state.path) ?? toHeddleError(error, 'download_failed');
      // Another source does not help a disk.
      if (known.code === 'storage_full' || known.code === 'storage_read_only' || known.code === 'aborted') throw known;
      tried.push({ source, code: known.code, message: known.message });
    }
  }
  const reasons = tried.map(({ source, message }) => `  ${source}: ${message}`).join('\n');
  // A wrong file is worse news than an absent one: it names the failure.
  const code = tried.some((entry) => entry.code === 'checksum_mismatch') ? 'checksum_mismatch' : 'no_source';
  throw new HeddleError(code, `No source gave '${file.name}' of model '${card.id}'. Tried in order:\n${reasons}`, {
    details: { model: card.id, file: file.name, tried },
    retryable: tried.some(({ code }) => code === 'source_unreachable' || code === 'download_failed'),
  });
}

async function pullFromSource(
  card: ModelCard,
  state: FileState,
  source: ModelSource,
  options: PullOptions,
  report: Report,
): Promise<void> {
  const { file } = state;
  const folder = modelFolder(options.modelsFolder, card.id);
  const part = partOf(state.path, source);
  const scratch = await mkdtemp(path.join(folder, scratchPrefix));
  let last = 0;
  report(file.name, source, 'connect', 0, undefined);
  const context: FetchContext = {
    part,
    scratch,
    size: file.size,
    signal: options.signal,
    hub: options.hub,
    progress(bytes, total) {
      last = bytes;
      report(file.name, source, 'download', bytes, total ?? file.size);
    },
    needSpace: (bytes) => checkSpace(folder, bytes, file, options.freeBytes ?? freeBytes),
  };
  try {
    const fetched = await fetchSource(source, context);
    report(file.name, source, 'verify', last, fetched.size);
    await checkHash(folder, file, fetched, part, source);
    await rename(part, state.path);
    for (const other of file.sources) await forgetPart(partOf(state.path, other));
    await recordFile(folder, file.name, { ...fetched, source, fetchedAt: new Date().toISOString() });
    report(file.name, source, 'done', fetched.size, fetched.size);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Each source has a part file of its own, so that one never goes on with the bytes of another. */
function partOf(place: string, source: ModelSource): string {
  return `${place}.${createHash('sha256').update(source).digest('hex').slice(0, 8)}.part`;
}

async function checkHash(
  folder: string,
  file: ModelFile,
  fetched: { readonly sha256: string; readonly size: number },
  part: string,
  source: ModelSource,
): Promise<void> {
  const expected = file.sha256 ?? (await readManifest(folder)).files[file.name]?.sha256;
  if (expected === undefined || expected === fetched.sha256) return;
  await forgetPart(part);
  throw new HeddleError(
    'checksum_mismatch',
    `'${source}' gave another file than expected for '${file.name}' (sha256 ${fetched.sha256}, expected ${expected}); it was removed.`,
    { details: { file: file.name, source, expected, received: fetched.sha256 } },
  );
}

async function checkSpace(
  folder: string,
  bytes: number,
  file: ModelFile,
  free: (folder: string) => Promise<number>,
): Promise<void> {
  const available = await free(folder);
  if (available >= bytes + spareBytes) return;
  const megabytes = (value: number): string => `${Math.ceil(value / 2 ** 20)} MB`;
  throw new HeddleError(
    'storage_full',
    `'${file.name}' needs ${megabytes(bytes + spareBytes)} on the disk of '${folder}', ${megabytes(available)} are free: free some space or set HEDDLE_MODELS to another disk.`,
    { details: { needed: bytes + spareBytes, available } },
  );
}

async function freeBytes(folder: string): Promise<number> {
  const disk = await statfs(folder);
  return disk.bavail * disk.bsize;
}
