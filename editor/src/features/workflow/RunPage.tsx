import { useCallback, useEffect, type ReactElement } from 'react';
import { useSession, openRunDocument } from '../session/index.js';
import { WorkflowPage } from './WorkflowPage.js';

/** A live or ended run, opened by its link. It is shown on the version of the workflow that the run uses. */
export function RunPage({ runId }: { readonly runId: string }): ReactElement {
  const session = useSession();
  useEffect(() => session.runs.open(runId), [session, runId]);
  const open = useCallback((signal: AbortSignal) => openRunDocument(session, runId, signal), [session, runId]);
  return <WorkflowPage open={open} />;
}
