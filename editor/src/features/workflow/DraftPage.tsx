import { useCallback, useEffect, type ReactElement } from 'react';
import { useSession, openWorkflow } from '../session/index.js';
import { WorkflowPage } from './WorkflowPage.js';

export { WorkflowChatPage } from '../workflow-chat/index.js';

/** The draft of a workflow, with the run that the address names, if it names one. */
export function DraftPage({
  workflow,
  runId,
  inside,
}: {
  readonly workflow: string;
  readonly runId: string | undefined;
  readonly inside: string | undefined;
}): ReactElement {
  const session = useSession();
  useEffect(() => (runId === undefined ? session.runs.leave() : session.runs.open(runId)), [session, workflow, runId]);
  const open = useCallback((signal: AbortSignal) => openWorkflow(session, workflow, signal), [session, workflow]);
  return <WorkflowPage open={open} inside={inside} />;
}
