import { useState } from 'react';
import { client } from '../../data/api/client.js';
import type { Action } from '../../data/queries/use-action.js';
import { uploadForm, type NamedFile } from '../../ui/fields/read-dropped.js';

interface Upload {
  readonly send: (files: readonly NamedFile[]) => void;
  /** Whether a failed document was uploaded from this page, which then still has its file. */
  readonly canRetry: (id: string) => boolean;
  readonly retry: (ids: readonly string[]) => void;
}

interface UploadOptions {
  /** Called with the id of each upload's import job. */
  readonly onJob?: (jobId: string) => void;
  /** Who may read the documents; undefined leaves existing lists of readers unchanged. */
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
