import { useState } from 'react';
import { client } from '../../data/api/client.js';
import type { Action } from '../../data/queries/use-action.js';
import { uploadForm, type NamedFile } from '../../ui/fields/read-dropped.js';

/** The upload of files to a collection. */
export interface Upload {
  readonly send: (files: readonly NamedFile[]) => void;
  /** Whether a document that failed came from this page, which still has its file. */
  readonly canRetry: (id: string) => boolean;
  readonly retry: (ids: readonly string[]) => void;
}

/** Uploads files to a collection, as an action of the page; `onJob` gets the import of each upload. */
export function useUpload(name: string, action: Action, onJob?: (jobId: string) => void): Upload {
  const [sent, setSent] = useState<ReadonlyMap<string, File>>(new Map());
  const send = (files: readonly NamedFile[]): void => {
    setSent((before) => new Map([...before, ...files.map(({ id, file }) => [id, file] as const)]));
    action.run(async () => {
      const params = { path: { name } };
      const { jobId } = await client.POST('/api/collections/{name}/documents', { params, body: uploadForm(files) });
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
