import { stat } from 'node:fs/promises';
import path from 'node:path';
import { HeddleError, type ModelCard, type ModelFile } from '@heddle/core';
import { hashFile } from '../sources/write-hashed.js';
import { checkFormat } from './check-format.js';
import { readManifest, recordFile, type HubPin, type ManifestEntry } from './manifest.js';

/** The state of one model file on this machine. */
export interface FileState {
  readonly file: ModelFile;
  readonly path: string;
  readonly bytes: number;
  /** `unchecked`: present, of the right size, and not verified since its last change. */
  readonly status: 'absent' | 'unchecked' | 'ready' | 'invalid';
  readonly mtimeMs: number;
  readonly record?: ManifestEntry;
  /** What the hub reported before the download. */
  readonly pin?: HubPin;
  /** Why the file is invalid, and what to do. */
  readonly problem?: string;
}

/** The fault of a file, if it has one. */
interface CheckResult {
  readonly problem?: string;
  readonly isOtherFormat?: boolean;
}

interface Check {
  readonly key: string;
  readonly work: Promise<void>;
  result?: CheckResult;
}

/**
 * Finds and verifies the files of models on this machine. A file is ready when its format, size and hash are right. The hash is verified
 * once and remembered with the size and modification time of the file, so that later checks do not read the file.
 *
 * @example const files = new ModelFileStore(defaultModelsFolder()); await files.ready(card);
 */
export class ModelFileStore {
  private readonly modelsFolder: string;
  /** The checks of this process, by path. They cover a folder that cannot be written, and ensure that a broken file is read only once. */
  private readonly checks = new Map<string, Check>();

  constructor(modelsFolder: string) {
    this.modelsFolder = modelsFolder;
  }

  /** The path of each file, by role, if the model is complete. Errors: `model_missing`, `model_file_invalid`. */
  async ready(card: ModelCard): Promise<ReadonlyMap<ModelFile['role'], string>> {
    const missing = (await this.states(card)).find(({ status }) => status === 'absent');
    if (missing !== undefined) throw missingFile(card, missing.file);
    const verified = await this.verify(card);
    const broken = verified.find(({ status }) => status !== 'ready');
    if (broken !== undefined)
      throw new HeddleError('model_file_invalid', broken.problem ?? otherFile(card, broken.path, 'has just changed'), {
        details: { model: card.id, file: broken.file.name },
      });
    return new Map(verified.map(({ file, path: location }) => [file.role, location]));
  }

  /** The states of a model's files from what is remembered. No file is read. */
  states(card: ModelCard): Promise<readonly FileState[]> {
    return Promise.all(card.files.map((file) => this.stateOf(card, file)));
  }

  /** The states of a model's files, after every unchecked file was verified. */
  async verify(card: ModelCard): Promise<readonly FileState[]> {
    const before = await this.states(card);
    const unchecked = before.filter(({ status }) => status === 'unchecked');
    if (unchecked.length === 0) return before;
    // In sequence, because each check records its hash in the same manifest.
    for (const state of unchecked) await this.check(card, state);
    return this.states(card);
  }

  folder(id: string): string {
    return path.join(this.modelsFolder, id);
  }

  private async stateOf(card: ModelCard, file: ModelFile): Promise<FileState> {
    const folder = this.folder(card.id);
    const { files, pins } = await readManifest(folder);
    const location = path.join(folder, file.name);
    const found = await stat(location).catch(() => undefined);
    const record = files[file.name];
    const pin = file.sources.map((source) => pins[source]).find((known) => known !== undefined);
    const base = { file, path: location, record, pin };
    if (found?.isFile() !== true) return { ...base, bytes: 0, mtimeMs: 0, status: 'absent' };
    const mtimeMs = Math.trunc(found.mtimeMs);
    const state = { ...base, bytes: found.size, mtimeMs };
    const { sha256, size } = enforced(card, file, record);
    if (size !== undefined && size !== found.size)
      return {
        ...state,
        status: 'invalid',
        problem: otherFile(card, location, `has ${found.size} bytes, not ${size}`),
      };
    if (record?.mtimeMs === mtimeMs && record.sha256 === sha256) return { ...state, status: 'ready' };
    const check = this.checks.get(location);
    if (check?.result === undefined || check.key !== keyOf(state, sha256)) return { ...state, status: 'unchecked' };
    const { problem, isOtherFormat = false } = check.result;
    if (problem === undefined) return { ...state, status: 'ready' };
    // Earlier versions of Heddle also recorded files that are not models. Such a record is ignored.
    const { record: kept, ...rest } = state;
    const isVoid = isOtherFormat && kept?.mtimeMs === undefined;
    return { ...(isVoid ? rest : state), status: 'invalid', problem };
  }

  private check(card: ModelCard, state: FileState): Promise<void> {
    const key = keyOf(state, enforced(card, state.file, state.record).sha256);
    const known = this.checks.get(state.path);
    if (known?.key === key) return known.work;
    const started: Check = {
      key,
      work: checkFile(this.folder(card.id), card, state).then((result) => {
        started.result = result;
      }),
    };
    this.checks.set(state.path, started);
    started.work.catch(() => this.checks.delete(state.path));
    return started.work;
  }
}

const keyOf = ({ bytes, mtimeMs }: Pick<FileState, 'bytes' | 'mtimeMs'>, sha256: string | undefined): string =>
  `${bytes} ${mtimeMs} ${sha256 ?? ''}`;

/**
 * The hash and size that a file must have. A file that was recorded before the catalogue had its hash keeps the recorded hash, except for
 * the starter models.
 */
function enforced(
  card: ModelCard,
  file: ModelFile,
  record: ManifestEntry | undefined,
): { readonly sha256: string | undefined; readonly size: number | undefined } {
  if (record !== undefined && (file.sha256 === undefined || (record.pin !== 'card' && !card.isStarter))) return record;
  return { sha256: file.sha256, size: file.size };
}

/** Reads a file and returns what is wrong with it. If nothing is, records its hash. */
async function checkFile(folder: string, card: ModelCard, state: FileState): Promise<CheckResult> {
  try {
    await checkFormat(card, state.file, state.path);
  } catch (error) {
    if (error instanceof HeddleError && error.code === 'model_file_invalid')
      return { problem: error.message, isOtherFormat: true };
    throw error;
  }
  const { hash, size } = await hashFile(state.path);
  const found = hash.digest('hex');
  const { sha256 } = enforced(card, state.file, state.record);
  if (sha256 !== undefined && sha256 !== found)
    return { problem: otherFile(card, state.path, `has the SHA-256 ${found}, not ${sha256}`) };
  const fetched = state.record?.sha256 === found ? state.record : undefined;
  await recordFile(folder, state.file.name, {
    source: 'by hand',
    fetchedAt: new Date().toISOString(),
    ...fetched,
    sha256: found,
    size,
    mtimeMs: state.mtimeMs,
    pin: found === state.file.sha256 ? 'card' : 'recorded',
  }).catch(() => undefined); // If the folder cannot be written, only this process remembers the hash.
  return {};
}

function otherFile(card: ModelCard, location: string, difference: string): string {
  return `'${location}' ${difference}: it is not the file that was recorded. Remove it and run heddle models pull ${card.id}.`;
}

function missingFile(card: ModelCard, file: ModelFile): HeddleError {
  return new HeddleError(
    'model_missing',
    `Model '${card.id}' is not on this machine yet ('${file.name}' is missing): run heddle models pull ${card.id}.`,
    { details: { model: card.id, file: file.name } },
  );
}
