import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { secretNamePattern } from '@heddle/core';
import { readSecretFile, type PlainSecrets } from './environment-secrets.js';

/**
 * Reads secrets from a mounted folder in which each file has the name of a secret, as Docker (`/run/secrets`) and Kubernetes do. A file is
 * read at each use, so a rotated value is used from the next request on.
 *
 * @example await createFolderSecrets('/run/secrets').read('crm-key')
 */
export function createFolderSecrets(folder: string): PlainSecrets {
  // Only plain names are looked up, so none leads out of the folder. Links are accepted, because Kubernetes links each file into another
  // folder.
  const isFile = (name: string): boolean =>
    secretNamePattern.test(name) && statSync(join(folder, name), { throwIfNoEntry: false })?.isFile() === true;
  return {
    has: isFile,
    read: async (name) => (isFile(name) ? readSecretFile(name, join(folder, name)) : undefined),
    names: () => {
      try {
        return readdirSync(folder).filter(isFile).sort();
      } catch {
        // The folder is not mounted, so there are no secrets.
        return [];
      }
    },
  };
}
