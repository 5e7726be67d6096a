import type { WorkflowSummary } from '@heddle/core';
import { useEffect, useState, type ReactElement } from 'react';
import { api } from '../api/api.js';
import { toApiError, type ApiError } from '../api/http.js';
import { Notice } from '../frame/Notice.js';
import { useConnection } from '../frame/use-connection.js';
import { DraftPage } from './DraftPage.js';
import { Link } from './Link.js';
import { workflowPath } from './route.js';

/** The first page: the workflow that was changed last, and the others to choose from. */
export function HomePage(): ReactElement {
  const isConnected = useConnection();
  const [workflows, setWorkflows] = useState<readonly WorkflowSummary[]>();
  const [error, setError] = useState<ApiError>();
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const controller = new AbortController();
    api.workflows(controller.signal).then(
      (list) => {
        setWorkflows(list);
        setError(undefined);
      },
      (reason: unknown) => {
        if (!controller.signal.aborted) setError(toApiError(reason));
      },
    );
    return () => controller.abort();
  }, [attempt, isConnected]);
  if (workflows === undefined && error !== undefined) {
    return (
      <main className="center">
        <Notice error={error} action={{ name: 'Try again', run: () => setAttempt((before) => before + 1) }} />
      </main>
    );
  }
  const first = workflows?.find((workflow) => workflow.slug === 'ask-the-handbook') ?? workflows?.[0];
  if (workflows !== undefined && first === undefined) return <NoWorkflows />;
  return (
    <>
      {first === undefined ? null : <DraftPage workflow={first.slug} runId={undefined} />}
      {workflows !== undefined && workflows.length > 1 ? <Choices workflows={workflows} current={first?.id} /> : null}
    </>
  );
}

function Choices({ workflows, current }: { readonly workflows: readonly WorkflowSummary[]; readonly current: string | undefined }): ReactElement {
  return (
    <nav className="choices" aria-label="Workflows">
      {workflows.map((workflow) => (
        <Link key={workflow.id} href={workflowPath(workflow.slug)} className="choice" aria-current={workflow.id === current ? 'true' : undefined}>
          {workflow.name}
        </Link>
      ))}
    </nav>
  );
}

function NoWorkflows(): ReactElement {
  return (
    <main className="center">
      <div className="empty">
        <h1>No workflows yet</h1>
        <p>A workflow is a graph of nodes that reads, searches and writes. Bring one in from a file:</p>
        <pre className="mono">npx --no-install heddle import workflows/ask-the-handbook/workflow.json</pre>
      </div>
    </main>
  );
}
