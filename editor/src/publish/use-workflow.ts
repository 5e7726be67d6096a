import type { WorkflowReply } from '@heddle/core';
import { useCallback, useEffect } from 'react';
import { api } from '../api/api.js';
import { useLoaded, type Loaded } from '../pages/home/use-loaded.js';
import { useSession } from '../session.js';

/** A workflow from the server, after unsaved changes were saved. */
export function useWorkflow(idOrSlug: string): Loaded<WorkflowReply> {
  const { autosave, runs } = useSession();
  useEffect(() => runs.leave(), [runs]);
  const load = useCallback(
    async (signal: AbortSignal) => {
      await autosave.flush();
      return api.workflow(idOrSlug, signal);
    },
    [autosave, idOrSlug],
  );
  return useLoaded(load);
}
