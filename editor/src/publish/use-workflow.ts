import type { WorkflowReply } from '@heddle/core';
import { useCallback, useEffect } from 'react';
import { api } from '../api/api.js';
import { useLoaded, type Loaded } from '../pages/home/use-loaded.js';
import { useSession } from '../session.js';

/** A workflow as the server has it, once what is unsaved on its canvas was saved. */
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
