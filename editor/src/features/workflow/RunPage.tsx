import { useCallback, useEffect, type ReactElement } from 'react';
import { useSession, openRunDocument } from '../session/index.js';
import { WorkflowPage } from './WorkflowPage.js';

/** A run by its link, live or ended, on the version of the workflow that it uses. */
export function RunPage({ runId }: { readonly runId: string }): ReactElement {
  const session = useSession();
  useEffect(() => session.runs.open(runId), [session, runId]);
  const open = useCallback((signal: AbortSignal) => openRunDocument(session, runId, signal), [session, runId]);
  return <WorkflowPage open={open} />;
}
