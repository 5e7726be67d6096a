import clsx from 'clsx';
import type { WorkflowSummary } from '@heddle/core';
import { Suspense, type ReactElement } from 'react';
import { formatAgo } from '../../ui/format/format-time.js';
import { runText } from '../run/index.js';
import { useNow } from '../../ui/format/use-now.js';
import { lazyPage } from '../../ui/navigation/lazy-page.js';
import { Link } from '../../ui/navigation/Link.js';
import { workflowPath } from '../../ui/navigation/route.js';
import { Sketch } from './Sketch.js';
import { byLastUse } from './by-last-use.js';
import { LazyWorkflowMenu } from './LazyWorkflowMenu.js';
import styles from './home.module.css';

/** The icons of all nodes are large, so they load after the page. */
const Picture = lazyPage(() => import('./templates/Picture.js').then(({ Picture: picture }) => picture));

/** Workflows as cards that link to their canvas. The last changed or run workflow comes first. */
export function WorkflowList({
  workflows,
  onChanged,
  onError,
}: {
  readonly workflows: readonly WorkflowSummary[];
  readonly onChanged: () => void;
  readonly onError: (reason: unknown) => void;
}): ReactElement {
  const now = useNow(false);
  return (
    <ul className="tiles">
      {byLastUse(workflows).map((workflow) => (
        <li key={workflow.id} className={styles['tile-item']}>
          <LazyWorkflowMenu workflow={workflow} onChanged={onChanged} onError={onError} />
          <Link href={workflowPath(workflow.slug)} className={clsx(styles['tile'], 'boxed-surface')}>
            <WorkflowPicture workflow={workflow} />
            <span className={clsx(styles['tile-title'], 'truncate')}>{workflow.name}</span>
            <span className={clsx(styles['tile-text'], 'quiet')}>{workflow.description ?? 'No description yet.'}</span>
            <span className={clsx(styles['tile-foot'], 'wrapped quiet')}>
              <span className="figure">
                {workflow.nodes === 1 ? '1 node' : `${workflow.nodes.toLocaleString()} nodes`}
              </span>
              {/* For an empty workflow, "0 nodes" says enough. */}
              {workflow.issues === 0 || workflow.nodes === 0 ? null : (
                <span className="failed-text">{workflow.issues === 1 ? '1 issue' : `${workflow.issues} issues`}</span>
              )}
              {workflow.lastRun === undefined ? null : (
                <span className="aligned-inline gap-6">
                  <span className="row-dot" data-status={workflow.lastRun.status} aria-hidden />{' '}
                  {runText[workflow.lastRun.status]} {formatAgo(workflow.lastRun.acceptedAt, now)}
                </span>
              )}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function WorkflowPicture({ workflow }: { readonly workflow: WorkflowSummary }): ReactElement {
  const shown = { sketch: workflow.sketch, status: workflow.lastRun?.status, count: workflow.nodes };
  return (
    <Suspense fallback={<Sketch {...shown} />}>
      <Picture {...shown} />
    </Suspense>
  );
}
