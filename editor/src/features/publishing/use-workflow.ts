import type { WorkflowReply } from '@heddle/core';
import { useCallback } from 'react';
import { api } from '../../data/api/api.js';
import { useLoaded, type Loaded } from '../../data/queries/use-loaded.js';
import { useSession } from '../session/index.js';

/** A workflow from the server, after unsaved changes were saved. */
export function useWorkflow(idOrSlug: string): Loaded<WorkflowReply> {
  const { autosave } = useSession();
  const load = useCallback(
    async (signal: AbortSignal) => {
      await autosave.flush();
      return api.workflow(idOrSlug, signal);
    },
    [autosave, idOrSlug],
  );
  return useLoaded(load);
}
