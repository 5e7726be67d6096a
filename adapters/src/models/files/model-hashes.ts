import { createHash } from 'node:crypto';
import { canonicalJson, type ModelCard, type ModelFiles } from '@heddle/core';
import { readManifest } from './manifest.js';

/** The hashes of a model's files, for the records of runs: the verified ones, or else those on its card. */
export async function modelHashes(folder: string, card: ModelCard): Promise<ModelFiles> {
  const manifest = await readManifest(folder);
  const hashes = card.files.map(({ name, role, sha256 }) => ({
    name,
    role,
    sha256: manifest.files[name]?.sha256 ?? sha256,
  }));
  const weights = hashes.find(({ role }) => role === 'weights')?.sha256;
  const files = Object.fromEntries(hashes.map(({ name, sha256 }) => [name, sha256]));
  const isWhole = hashes.every(({ sha256 }) => sha256 !== undefined);
  return {
    fileHash: weights === undefined ? undefined : `sha256:${weights}`,
    manifestHash: isWhole ? `sha256:${createHash('sha256').update(canonicalJson(files)).digest('hex')}` : undefined,
  };
}
