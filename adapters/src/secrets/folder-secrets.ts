import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { secretNamePattern } from '@heddle/core';
import { readSecretFile, type PlainSecrets } from './environment-secrets.js';

/**
 * Secrets of a mounted folder, one file each, named as the secret: what Docker (`/run/secrets`) and Kubernetes mount. A file is read at
 * each use, so a rotated value counts from the next request on.
 *
 * @example await createFolderSecrets('/run/secrets').read('crm-key')
 */
export function createFolderSecrets(folder: string): PlainSecrets {
  // Only plain names reach the disk, so none leads out of the folder. Kubernetes links each file into a folder of its own.
  const isFile = (name: string): boolean =>
    secretNamePattern.test(name) && statSync(join(folder, name), { throwIfNoEntry: false })?.isFile() === true;
  return {
    has: isFile,
    read: async (name) => (isFile(name) ? readSecretFile(name, join(folder, name)) : undefined),
    names: () => {
      try {
        return readdirSync(folder).filter(isFile).sort();
      } catch {
        // A folder that is not mounted holds nothing.
        return [];
      }
    },
  };
}
