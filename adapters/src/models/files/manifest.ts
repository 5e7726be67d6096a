import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

/** What is known of a file that was fetched: enforced from then on. */
const ManifestEntry = z.object({
  sha256: z.string(),
  size: z.int().nonnegative(),
  source: z.string(),
  fetchedAt: z.string(),
});
export type ManifestEntry = z.infer<typeof ManifestEntry>;

const Manifest = z.object({ files: z.record(z.string(), ManifestEntry) });
export type Manifest = z.infer<typeof Manifest>;

const fileOf = (modelFolder: string): string => path.join(modelFolder, 'manifest.json');

/** Reads the manifest of a model's folder; an unreadable one counts as none, the files are then hashed again. */
export async function readManifest(modelFolder: string): Promise<Manifest> {
  try {
    return Manifest.parse(JSON.parse(await readFile(fileOf(modelFolder), 'utf8')));
  } catch {
    // Nothing was fetched yet, or the manifest is damaged.
    return { files: {} };
  }
}

/** Records a file in the manifest; the caller holds the model's lock. */
export async function recordFile(modelFolder: string, name: string, entry: ManifestEntry): Promise<void> {
  const manifest = await readManifest(modelFolder);
  const part = `${fileOf(modelFolder)}.part`;
  await writeFile(part, `${JSON.stringify({ files: { ...manifest.files, [name]: entry } }, undefined, 2)}\n`);
  await rename(part, fileOf(modelFolder));
}
