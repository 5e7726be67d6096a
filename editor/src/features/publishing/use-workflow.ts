import type { WorkflowReply } from '@heddle/core';
import { useCallback } from 'react';
import { client } from '../../data/api/client.js';
import { useLoaded, type Loaded } from '../../data/queries/use-loaded.js';
import { useSession } from '../session/index.js';

/** Loads a workflow from the server, after unsaved changes are saved. */
export function useWorkflow(idOrSlug: string): Loaded<WorkflowReply> {
  const { autosave } = useSession();
  const load = useCallback(
    async (signal: AbortSignal) => {
      await autosave.flush();
      return client.GET('/api/workflows/{id}', { params: { path: { id: idOrSlug } }, signal });
    },
    [autosave, idOrSlug],
  );
  return useLoaded(load);
}
