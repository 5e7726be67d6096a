import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const Commit = z.string().regex(/^[0-9a-f]{40}$/);

/** What is known of a file on this machine: enforced from then on. */
const ManifestEntry = z.object({
  sha256: Sha256,
  size: z.int().nonnegative(),
  /**
   * Time of the last change when the hash was verified; a file with another time is verified again. Records of older
   * versions have none.
   */
  mtimeMs: z.number().optional(),
  source: z.string(),
  /** Commit of the hub's repository that it was fetched from. */
  commit: Commit.optional(),
  /**
   * Whether its hash is that of the card, or was recorded when the file was first seen. Records of older versions have
   * none.
   */
  pin: z.enum(['card', 'recorded']).optional(),
  fetchedAt: z.string(),
});
export type ManifestEntry = z.infer<typeof ManifestEntry>;

/** What the hub said of a file before its first download, by the source of the file: no later download follows a branch again. */
const HubPin = z.object({
  commit: Commit,
  size: z.int().nonnegative(),
  /** Of files that the hub stores outside of git. */
  sha256: Sha256.optional(),
  /** Git's own hash of any other file. */
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

/** Reads the manifest of a model's folder; an unreadable one counts as none, the files are then verified again. */
export async function readManifest(modelFolder: string): Promise<Manifest> {
  try {
    return Manifest.parse(JSON.parse(await readFile(fileOf(modelFolder), 'utf8')));
  } catch {
    // Nothing was fetched yet, or the manifest is damaged.
    return { files: {}, pins: {} };
  }
}

/** Records a file in the manifest. */
export async function recordFile(modelFolder: string, name: string, entry: ManifestEntry): Promise<void> {
  const manifest = await readManifest(modelFolder);
  await write(modelFolder, { ...manifest, files: { ...manifest.files, [name]: entry } });
}

/** Records what the hub said of a source; the caller holds the model's lock. */
export async function recordPin(modelFolder: string, source: string, pin: HubPin): Promise<void> {
  const manifest = await readManifest(modelFolder);
  await write(modelFolder, { ...manifest, pins: { ...manifest.pins, [source]: pin } });
}

async function write(modelFolder: string, manifest: Manifest): Promise<void> {
  const part = `${fileOf(modelFolder)}.${randomUUID()}.part`;
  await writeFile(part, `${JSON.stringify(manifest, undefined, 2)}\n`);
  await rename(part, fileOf(modelFolder));
}
