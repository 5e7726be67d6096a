import clsx from 'clsx';
import type { ReactElement } from 'react';
import { Link } from '../../ui/navigation/Link.js';
import { apiPath, testsPath, triggersPath, versionsPath, workflowPath } from '../../ui/navigation/route.js';
import { useVersions } from './versions-store.js';
import styles from './publishing.module.css';

export type WorkflowPart = 'canvas' | 'versions' | 'tests' | 'api' | 'triggers';

/** The pages of a workflow, in the order of its tabs. */
export const workflowParts: readonly {
  readonly id: WorkflowPart;
  readonly title: string;
  readonly path: (slug: string) => string;
}[] = [
  { id: 'canvas', title: 'Canvas', path: (slug) => workflowPath(slug) },
  { id: 'versions', title: 'Versions', path: (slug) => versionsPath(slug) },
  { id: 'tests', title: 'Tests', path: (slug) => testsPath(slug) },
  { id: 'api', title: 'API', path: apiPath },
  { id: 'triggers', title: 'Triggers', path: (slug) => triggersPath(slug) },
];

/** The tabs of a workflow, the same on each of its pages. */
export function WorkflowTabs({
  id,
  slug,
  part,
}: {
  /** The id of the workflow; with it, the tabs show the number of versions. */
  readonly id?: string | undefined;
  readonly slug: string;
  /** The tab of the current page; undefined for other pages, such as that of a run. */
  readonly part: WorkflowPart | undefined;
}): ReactElement {
  const count = useVersions(id).reply?.versions.length ?? 0;
  return (
    <nav className={styles['parts']} aria-label="Workflow pages">
      {workflowParts.map(({ id: one, title, path }) => (
        <Link key={one} href={path(slug)} aria-current={one === part ? 'page' : undefined}>
          {title}
          {one === 'versions' && count > 0 ? (
            <span className={clsx(styles['part-count'], 'figure')}> {count}</span>
          ) : null}
        </Link>
      ))}
    </nav>
  );
}
