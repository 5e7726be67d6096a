import { stat } from 'node:fs/promises';
import path from 'node:path';
import { HeddleError, type ModelCard, type ModelFile } from '@heddle/core';
import { hashFile } from '../sources/write-hashed.js';
import { readManifest, recordFile } from './manifest.js';

/** How one file of a model stands on this machine. */
export interface FileState {
  readonly file: ModelFile;
  readonly path: string;
  readonly bytes: number;
  readonly status: 'absent' | 'ready' | 'unchecked' | 'invalid';
}

/** The folder of a model. */
export function modelFolder(modelsFolder: string, id: string): string {
  return path.join(modelsFolder, id);
}

/** How the files of a model stand. A file of the recorded size is ready; one without a record was put there by hand. */
export async function fileStates(modelsFolder: string, card: ModelCard): Promise<readonly FileState[]> {
  const folder = modelFolder(modelsFolder, card.id);
  const manifest = await readManifest(folder);
  return Promise.all(
    card.files.map(async (file) => {
      const place = path.join(folder, file.name);
      const found = await stat(place).catch(() => undefined);
      if (found?.isFile() !== true) return { file, path: place, bytes: 0, status: 'absent' } as const;
      const known = manifest.files[file.name];
      const isOther = file.sha256 !== undefined && known !== undefined && file.sha256 !== known.sha256;
      const size = known?.size ?? file.size;
      const status =
        isOther || (size !== undefined && size !== found.size)
          ? 'invalid'
          : known === undefined
            ? 'unchecked'
            : 'ready';
      return { file, path: place, bytes: found.size, status } as const;
    }),
  );
}

/** The path of each file by role, of a model that is whole. Hashes what nobody hashed yet. Errors: `model_missing`, `model_file_invalid`. */
export async function readyFiles(
  modelsFolder: string,
  card: ModelCard,
): Promise<ReadonlyMap<ModelFile['role'], string>> {
  const paths = new Map<ModelFile['role'], string>();
  for (const state of await fileStates(modelsFolder, card)) {
    if (state.status === 'absent') {
      throw new HeddleError(
        'model_missing',
        `Model '${card.id}' is not on this machine yet ('${state.file.name}' is missing): run heddle models pull ${card.id}.`,
        {
          details: { model: card.id, file: state.file.name },
        },
      );
    }
    if (state.status === 'invalid' || (state.status === 'unchecked' && !(await adoptFile(modelsFolder, card, state)))) {
      throw new HeddleError(
        'model_file_invalid',
        `'${state.path}' is not the file that the catalogue knows: remove it and run heddle models pull ${card.id}.`,
        {
          details: { model: card.id, file: state.file.name },
        },
      );
    }
    paths.set(state.file.role, state.path);
  }
  return paths;
}

/** Hashes a file that was put there by hand and records it; false when it is not the known one. */
export async function adoptFile(modelsFolder: string, card: ModelCard, state: FileState): Promise<boolean> {
  const { hash, size } = await hashFile(state.path);
  const sha256 = hash.digest('hex');
  if (state.file.sha256 !== undefined && state.file.sha256 !== sha256) return false;
  await recordFile(modelFolder(modelsFolder, card.id), state.file.name, {
    sha256,
    size,
    source: 'by hand',
    fetchedAt: new Date().toISOString(),
  }).catch(() => undefined); // a folder that cannot be written is hashed again the next time
  return true;
}
