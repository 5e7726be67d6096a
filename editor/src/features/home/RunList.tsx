import { isTerminal, type RunStatus, type RunSummary } from '@heddle/core';
import type { ReactElement } from 'react';
import { formatDuration } from '../../ui/format/format-duration.js';
import { formatAgo } from '../../ui/format/format-time.js';
import { runText } from '../run/index.js';
import { useNow } from '../../ui/format/use-now.js';
import { Link } from '../../ui/navigation/Link.js';
import { runPath } from '../../ui/navigation/route.js';

/** Runs as rows, each with a link to its canvas. */
export function RunList({ runs }: { readonly runs: readonly RunSummary[] }): ReactElement {
  const now = useNow(runs.some((run) => !isTerminal(run.status)));
  return (
    <ul className="rows">
      {runs.map((run) => (
        <li key={run.runId}>
          <Link href={runPath(run.runId)} className="row">
            <span className="row-dot" data-status={run.status} aria-hidden />
            <span className="row-main">
              <span className="row-title">{run.workflowName}</span>
              <span className="quiet" data-tip={run.error?.message}>
                {run.error?.message ?? `${runText[run.status]} · ${triggers[run.trigger] ?? run.trigger}`}
              </span>
            </span>
            <span className="row-figures figure">
              <span>{durationOf(run, now)}</span>
              <span className="quiet">{formatAgo(run.acceptedAt, now)}</span>
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

const triggers: Partial<Record<RunSummary['trigger'], string>> = {
  editor: 'from the editor',
  api: 'by API',
  cli: 'from the command line',
  published: 'published',
  schedule: 'on schedule',
  webhook: 'by webhook',
  test: 'test',
  resume: 'resumed',
};

function durationOf(run: RunSummary, now: number): string {
  if (run.startedAt === undefined) return waitingText(run.status);
  return formatDuration(Math.max(0, (run.endedAt ?? now) - run.startedAt));
}

function waitingText(status: RunStatus): string {
  return status === 'queued' ? 'queued' : '';
}
