import type { BlobStore } from '@heddle/adapters/blobs';
import { HeddleError, type Blobs } from '@heddle/core';
import type { Ownership } from '../auth/rights/ownership.js';

/** Whether a project has a file. A file is named by its content, so a caller who knows the name may belong to another project. */
export async function hasProjectFile(
  ownership: Pick<Ownership, 'projectsOfFile'>,
  project: string,
  id: string,
): Promise<boolean> {
  return (await ownership.projectsOfFile(id)).includes(project);
}

/**
 * The file store of one project. New files belong to the project; files that only other projects have are not found.
 *
 * @example const blobs = projectBlobs(ownership, parts.blobs, 'default');
 */
export function projectBlobs(
  ownership: Pick<Ownership, 'projectsOfFile' | 'commitOwner'>,
  blobs: Blobs,
  project: string,
): Blobs {
  return {
    has: async (id) => (await hasProjectFile(ownership, project, id)) && blobs.has(id),
    get: async (id) => {
      if (await hasProjectFile(ownership, project, id)) return blobs.get(id);
      throw noFile(id);
    },
    put: async (content, about) => {
      const file = await blobs.put(content, about);
      await ownership.commitOwner('file', file.id, project);
      return file;
    },
  };
}

/** The store for uploaded files: whole files, or files that arrive in pieces. */
export type UploadStore = Pick<Blobs, 'put'> & Pick<BlobStore, 'receive'>;

/** The store for files of requests and replies. No file is held in memory as a whole. */
export function projectFiles(
  ownership: Pick<Ownership, 'projectsOfFile' | 'commitOwner'>,
  blobs: BlobStore,
  project: string,
): UploadStore & Pick<BlobStore, 'open'> {
  const whole = projectBlobs(ownership, blobs, project);
  return {
    put: (content, about) => whole.put(content, about),
    open: async (id) => {
      if (await hasProjectFile(ownership, project, id)) return blobs.open(id);
      throw noFile(id);
    },
    receive: async (content) => {
      const draft = await blobs.receive(content);
      return {
        ...draft,
        keep: async (about) => {
          const file = await draft.keep(about);
          await ownership.commitOwner('file', file.id, project);
          return file;
        },
      };
    },
  };
}

/** The error for a file of another project: the same as for a file that does not exist. */
export function noFile(id: string): HeddleError {
  return new HeddleError('blob_not_found', `There is no stored file '${id.slice(0, 100)}'.`, { details: { id } });
}
