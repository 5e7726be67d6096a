import { useState } from 'react';
import { client } from '../../data/api/client.js';
import type { Action } from '../../data/queries/use-action.js';
import { uploadForm, type NamedFile } from '../../ui/fields/read-dropped.js';

/** The upload of files to a collection. */
interface Upload {
  readonly send: (files: readonly NamedFile[]) => void;
  /** Whether a document that failed came from this page, which still has its file. */
  readonly canRetry: (id: string) => boolean;
  readonly retry: (ids: readonly string[]) => void;
}

/** What else an upload has. */
interface UploadOptions {
  /** Gets the import of each upload. */
  readonly onJob?: (jobId: string) => void;
  /** Who may read the documents; undefined leaves lists as they are. */
  readonly readers?: readonly string[] | null | undefined;
}

/** Uploads files to a collection, as an action of the page. */
export function useUpload(name: string, action: Action, { onJob, readers }: UploadOptions = {}): Upload {
  const [sent, setSent] = useState<ReadonlyMap<string, File>>(new Map());
  const send = (files: readonly NamedFile[]): void => {
    setSent((before) => new Map([...before, ...files.map(({ id, file }) => [id, file] as const)]));
    action.run(async () => {
      const params = { path: { name } };
      const { jobId } = await client.POST('/api/collections/{name}/documents', {
        params,
        body: uploadForm(files, readers),
      });
      onJob?.(jobId);
    });
  };
  const retry = (ids: readonly string[]): void =>
    send(
      ids.flatMap((id) => {
        const file = sent.get(id);
        return file === undefined ? [] : [{ id, file }];
      }),
    );
  return { send, canRetry: (id) => sent.has(id), retry };
}
