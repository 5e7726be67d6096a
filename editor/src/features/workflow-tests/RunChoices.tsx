import clsx from 'clsx';
import { useState, type ReactElement } from 'react';
import { formatAgo } from '../../ui/format/format-time.js';
import { useNow } from '../../ui/format/use-now.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import { useRuns } from '../runs/index.js';
import styles from './workflow-tests.module.css';

/** The ended runs of a workflow to choose from, newest first. */
export function RunChoices({
  workflow,
  isBusy,
  onChoose,
}: {
  readonly workflow: string;
  readonly isBusy: boolean;
  readonly onChoose: (runId: string) => void;
}): ReactElement {
  const [filter] = useState({ workflow, status: ['done', 'failed'] as const });
  const pages = useRuns(filter);
  const now = useNow(false);
  return (
    <WhenLoaded
      loaded={{ ...pages, value: pages.value?.runs }}
      text="Loading runs…"
      empty="No run of this workflow has ended yet. Run it once, then come back."
    >
      {(runs) => (
        <ul className={clsx('rows', styles['run-choices'])}>
          {runs.map((run) => (
            <li key={run.runId}>
              <button type="button" className="row row-button" disabled={isBusy} onClick={() => onChoose(run.runId)}>
                <span className="row-dot" data-status={run.status} aria-hidden />
                <span className="row-main">
                  <span>
                    {run.status === 'done' ? 'Done' : 'Failed'} · {formatAgo(run.acceptedAt, now)}
                  </span>
                  <span className="quiet mono">{run.runId}</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </WhenLoaded>
  );
}
