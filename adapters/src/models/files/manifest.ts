import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const Commit = z.string().regex(/^[0-9a-f]{40}$/);

/** What was recorded about a file on this machine. The file must match it from then on. */
const ManifestEntry = z.object({
  sha256: Sha256,
  size: z.int().nonnegative(),
  /**
   * The modification time of the file when its hash was verified. If it changes, the file is verified again. Undefined in records of older
   * versions.
   */
  mtimeMs: z.number().optional(),
  source: z.string(),
  /** The commit of the hub repository from which it was fetched. */
  commit: Commit.optional(),
  /** Whether its hash comes from the card or was recorded when the file was first seen. Undefined in records of older versions. */
  pin: z.enum(['card', 'recorded']).optional(),
  fetchedAt: z.string(),
});
export type ManifestEntry = z.infer<typeof ManifestEntry>;

/** What the hub reported about a file before its first download, by source, so that no later download follows a branch. */
const HubPin = z.object({
  commit: Commit,
  size: z.int().nonnegative(),
  /** For files that the hub stores outside git. */
  sha256: Sha256.optional(),
  /** Git's own hash, for other files. */
  blobId: Commit.optional(),
  pinnedAt: z.string(),
});
export type HubPin = z.infer<typeof HubPin>;

const Manifest = z.object({
  files: z.record(z.string(), ManifestEntry).default({}),
  pins: z.record(z.string(), HubPin).default({}),
});
export type Manifest = z.infer<typeof Manifest>;

const fileOf = (modelFolder: string): string => path.join(modelFolder, 'manifest.json');

/** Reads the manifest of a model's folder. If it cannot be read, it counts as empty, and the files are verified again. */
export async function readManifest(modelFolder: string): Promise<Manifest> {
  try {
    return Manifest.parse(JSON.parse(await readFile(fileOf(modelFolder), 'utf8')));
  } catch {
    // Nothing was fetched yet, or the manifest is damaged.
    return { files: {}, pins: {} };
  }
}

export async function recordFile(modelFolder: string, name: string, entry: ManifestEntry): Promise<void> {
  const manifest = await readManifest(modelFolder);
  await write(modelFolder, { ...manifest, files: { ...manifest.files, [name]: entry } });
}

/** Records what the hub reported about a source. The caller must hold the model's lock. */
export async function recordPin(modelFolder: string, source: string, pin: HubPin): Promise<void> {
  const manifest = await readManifest(modelFolder);
  await write(modelFolder, { ...manifest, pins: { ...manifest.pins, [source]: pin } });
}

async function write(modelFolder: string, manifest: Manifest): Promise<void> {
  const part = `${fileOf(modelFolder)}.${randomUUID()}.part`;
  await writeFile(part, `${JSON.stringify(manifest, undefined, 2)}\n`);
  await rename(part, fileOf(modelFolder));
}
