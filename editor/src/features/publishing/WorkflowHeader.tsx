import type { ReactElement, ReactNode } from 'react';
import { useTitle } from '../../ui/navigation/use-title.js';
import { Link } from '../../ui/navigation/Link.js';
import { apiPath, testsPath, triggersPath, versionsPath, workflowPath } from '../../ui/navigation/route.js';

export type WorkflowPart = 'canvas' | 'versions' | 'tests' | 'api' | 'triggers';

const parts: readonly { readonly id: WorkflowPart; readonly title: string; readonly path: (slug: string) => string }[] =
  [
    { id: 'canvas', title: 'Canvas', path: workflowPath },
    { id: 'versions', title: 'Versions', path: versionsPath },
    { id: 'tests', title: 'Tests', path: testsPath },
    { id: 'api', title: 'API', path: apiPath },
    { id: 'triggers', title: 'Triggers', path: triggersPath },
  ];

/** The top bar of a workflow's pages other than the canvas. */
export function WorkflowHeader({
  name,
  slug,
  part,
  children,
}: {
  readonly name: string;
  readonly slug: string;
  readonly part: WorkflowPart;
  readonly children?: ReactNode;
}): ReactElement {
  useTitle([name, ...parts.filter(({ id }) => id === part).map(({ title }) => title)]);
  return (
    <header className="topbar aligned workflow-head">
      <h1 className="topbar-name truncate">{name}</h1>
      <nav className="parts" aria-label="Workflow pages">
        {parts.map(({ id, title, path }) => (
          <Link key={id} href={path(slug)} aria-current={id === part ? 'page' : undefined}>
            {title}
          </Link>
        ))}
      </nav>
      <span className="topbar-space" />
      {children}
    </header>
  );
}
