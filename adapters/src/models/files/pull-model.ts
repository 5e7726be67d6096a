import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import {
  HeddleError,
  toHeddleError,
  type ErrorCode,
  type ModelCard,
  type ModelFile,
  type ModelSource,
  type PullProgress,
} from '@heddle/core';
import { forgetPart } from '../sources/download-http.js';
import { throwIfAborted, type FetchContext, type Fetched, type HubSettings } from '../sources/fetch-context.js';
import { fetchSource } from '../sources/fetch-source.js';
import { diskError } from '../sources/write-hashed.js';
import { expectFile, type ExpectedFile } from './expect-file.js';
import { type FileState, type ModelFileStore } from './model-file-store.js';
import { recordFile } from './manifest.js';
import { withModelLock } from './model-lock.js';
import { verifyFetched } from './verify-fetched.js';

export interface PullOptions {
  readonly files: ModelFileStore;
  readonly hub: HubSettings;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: PullProgress) => void) | undefined;
  /** The free bytes of the disk with this folder. Default: asks the operating system. */
  readonly freeBytes?: (folder: string) => Promise<number>;
}

const scratchPrefix = '.fetch-';

/** Removes files that a killed process left behind. The caller must hold the lock. */
async function removeScratch(folder: string): Promise<void> {
  const left = (await readdir(folder)).filter((name) => name.startsWith(scratchPrefix));
  await Promise.all(left.map((name) => rm(path.join(folder, name), { recursive: true, force: true })));
}

/** Bytes that must stay free on the disk for everything else. */
const spareBytes = 64 * 2 ** 20;

/**
 * Fetches the missing files of a model, each from the first source that has it. A file gets its final name only after its size, hash and
 * format were checked.
 *
 * Errors: `no_source` (details.tried has each source's reason), `checksum_mismatch`, `model_file_invalid`, `storage_full`,
 * `storage_read_only`, `aborted`.
 */
export async function pullModel(card: ModelCard, options: PullOptions): Promise<void> {
  const folder = options.files.folder(card.id);
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw diskError(error, folder) ?? error;
  }
  await withModelLock(folder, options.signal, async () => {
    await removeScratch(folder);
    const states = await options.files.verify(card);
    const report = createReport(card, states, options.onProgress);
    for (const state of states) if (state.status !== 'ready') await pullFile(card, state, options, report);
    report({ file: '', source: '', stage: 'done', bytes: 0 });
  });
}

const reportEveryMs = 100;

type Report = (progress: Omit<PullProgress, 'model' | 'total'> & { readonly total?: number | undefined }) => void;

/** Combines the progress of the files into that of the model. */
function createReport(card: ModelCard, states: readonly FileState[], onProgress: PullOptions['onProgress']): Report {
  const bytes = new Map(states.map((state) => [state.file.name, state.status === 'ready' ? state.bytes : 0]));
  const totals = new Map(
    states.map((state) => [state.file.name, state.status === 'ready' ? state.bytes : state.file.size]),
  );
  let lastAt = 0;
  let lastStage = '';
  return ({ bytes: fileBytes, total: fileTotal, ...rest }) => {
    const { file, stage } = rest;
    if (bytes.has(file)) bytes.set(file, fileBytes);
    if (fileTotal !== undefined) totals.set(file, fileTotal);
    if (stage === 'download' && stage === lastStage && performance.now() - lastAt < reportEveryMs) return;
    [lastAt, lastStage] = [performance.now(), stage];
    const known = [...totals.values()].filter((total) => total !== undefined);
    const total = known.length === totals.size ? known.reduce((sum, value) => sum + value, 0) : undefined;
    onProgress?.({ model: card.id, ...rest, bytes: [...bytes.values()].reduce((sum, value) => sum + value, 0), total });
  };
}

/** A wrong file is a worse problem than a missing one, so its code becomes the code of the error. */
const worseThanAbsent: readonly ErrorCode[] = ['checksum_mismatch', 'model_file_invalid'];

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
      // Another source cannot solve a problem of the disk.
      if (known.code === 'storage_full' || known.code === 'storage_read_only' || known.code === 'aborted') throw known;
      tried.push({ source, code: known.code, message: known.message });
    }
  }
  const reasons = tried.map(({ source, message }) => `  ${source}: ${message}`).join('\n');
  const code = worseThanAbsent.find((worse) => tried.some((entry) => entry.code === worse)) ?? 'no_source';
  throw new HeddleError(code, `No source delivered '${file.name}' of model '${card.id}'. Tried in order:\n${reasons}`, {
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
  const folder = options.files.folder(card.id);
  report({ file: file.name, source, stage: 'connect', bytes: 0 });
  const expected = await expectFile(state, source, { folder, hub: options.hub, signal: options.signal });
  const { commit, sha256 } = expected;
  const said = { commit, sha256 };
  report({ file: file.name, source, stage: 'connect', bytes: 0, total: expected.size, ...said });
  const part = partOf(state.path, source);
  const scratch = await mkdtemp(path.join(folder, scratchPrefix));
  let last = 0;
  const context: FetchContext = {
    part,
    scratch,
    size: expected.size,
    signal: options.signal,
    hub: options.hub,
    progress(bytes, total) {
      last = bytes;
      report({ file: file.name, source, stage: 'download', bytes, total: total ?? expected.size, ...said });
    },
    needSpace: (bytes) => checkSpace(folder, bytes, file, options.freeBytes ?? freeBytes),
  };
  try {
    const fetched = await fetchSource(expected.source, context);
    report({ file: file.name, source, stage: 'verify', bytes: last, total: fetched.size, ...said });
    await verifyFetched(card, file, part, fetched, expected).catch(async (error: unknown) => {
      await forgetPart(part);
      throw error;
    });
    await rename(part, state.path);
    for (const other of file.sources) await forgetPart(partOf(state.path, other));
    await record(folder, state, source, fetched, expected);
    report({ file: file.name, source, stage: 'done', bytes: fetched.size, total: fetched.size, ...said });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function record(
  folder: string,
  { file, path: location }: FileState,
  source: ModelSource,
  { sha256, size }: Fetched,
  { commit }: ExpectedFile,
): Promise<void> {
  const { mtimeMs } = await stat(location);
  await recordFile(folder, file.name, {
    sha256,
    size,
    mtimeMs: Math.trunc(mtimeMs),
    source,
    commit,
    pin: file.sha256 === undefined ? 'recorded' : 'card',
    fetchedAt: new Date().toISOString(),
  });
}

/** Each source has its own part file, so that a download never continues with the bytes of another source. */
function partOf(location: string, source: ModelSource): string {
  return `${location}.${createHash('sha256').update(source).digest('hex').slice(0, 8)}.part`;
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
    `'${file.name}' needs ${megabytes(bytes + spareBytes)} on the disk of '${folder}', but only ${megabytes(available)} are free: free some space or set HEDDLE_MODELS to another disk.`,
    { details: { needed: bytes + spareBytes, available } },
  );
}

async function freeBytes(folder: string): Promise<number> {
  const disk = await statfs(folder);
  return disk.bavail * disk.bsize;
}
