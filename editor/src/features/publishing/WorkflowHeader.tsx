import type { ReactElement, ReactNode } from 'react';
import { useTitle } from '../../ui/navigation/use-title.js';
import { workflowParts, WorkflowTabs, type WorkflowPart } from './WorkflowTabs.js';

/** The top bar of a workflow's pages, except the canvas. */
export function WorkflowHeader({
  name,
  id,
  slug,
  part,
  children,
}: {
  readonly name: string;
  /** The id of the workflow; with it, the tabs show the number of versions. */
  readonly id?: string | undefined;
  readonly slug: string;
  readonly part: WorkflowPart;
  readonly children?: ReactNode;
}): ReactElement {
  useTitle([name, ...workflowParts.filter((one) => one.id === part).map(({ title }) => title)]);
  return (
    <header className="topbar aligned">
      <h1 className="topbar-name truncate" data-tip={name}>
        {name}
      </h1>
      <WorkflowTabs id={id} slug={slug} part={part} />
      <span className="topbar-space" />
      {children}
    </header>
  );
}
