import { HeddleError, type ModelSource } from '@heddle/core';
import { type HubSettings } from '../sources/fetch-context.js';
import { isCommit, resolveHubFile, type HubFile } from '../sources/hub-revision.js';
import { parseSource } from '../sources/parse-source.js';
import { readManifest, recordPin, type Manifest } from './manifest.js';
import { type FileState } from './model-file-store.js';

/** The expected size and hash of a file, and its exact source. */
export interface ExpectedFile {
  /** A branch in it is replaced by a commit. */
  readonly source: ModelSource;
  readonly commit?: string;
  readonly size?: number;
  readonly sha256?: string;
  /** Git's hash of the content, for small files on the hub. */
  readonly blobId?: string;
}

interface ExpectOptions {
  readonly folder: string;
  readonly hub: HubSettings;
  readonly signal: AbortSignal | undefined;
}

/**
 * Determines what a source must deliver, before anything is downloaded. A hash on the card decides; otherwise the record of an earlier
 * download; otherwise the commit, size and hash that the hub reports. Those are recorded, so that no later download follows a branch.
 * Errors: `checksum_mismatch` if the hub has another file than the recorded one, and those of `resolveHubFile`.
 */
export async function expectFile(
  { file, record }: Pick<FileState, 'file' | 'record'>,
  source: ModelSource,
  { folder, hub, signal }: ExpectOptions,
): Promise<ExpectedFile> {
  const location = parseSource(source);
  const commit = location.kind === 'hf' && isCommit(location.revision) ? { commit: location.revision } : {};
  const size = file.size === undefined ? {} : { size: file.size };
  if (file.sha256 !== undefined) return { source, ...commit, ...size, sha256: file.sha256 };
  const recorded = record === undefined ? {} : { size: record.size, sha256: record.sha256 };
  if (location.kind !== 'hf') return { source, ...size, ...recorded };
  const known = knownPin(await readManifest(folder), file.name, source);
  const pin = known ?? (await resolveHubFile(location, hub, signal));
  if (record !== undefined && pin.sha256 !== undefined && pin.sha256 !== record.sha256) {
    throw new HeddleError(
      'checksum_mismatch',
      `'${source}' is now a different file (sha256 ${pin.sha256}) than the recorded one (${record.sha256}); nothing was downloaded. To use the new one, remove '${folder}' and pull again.`,
      { details: { file: file.name, source, expected: record.sha256, received: pin.sha256 } },
    );
  }
  if (known === undefined) await recordPin(folder, source, { ...pin, pinnedAt: new Date().toISOString() });
  return { source: `hf:${location.repository}@${pin.commit}/${location.file}`, ...pin, ...size, ...recorded };
}

function knownPin({ files, pins }: Manifest, name: string, source: ModelSource): HubFile | undefined {
  const pin = pins[source];
  if (pin !== undefined) {
    const { pinnedAt: _, ...hubFile } = pin;
    return hubFile;
  }
  const record = files[name];
  if (record?.commit === undefined || record.source !== source) return undefined;
  return { commit: record.commit, size: record.size, sha256: record.sha256 };
}
