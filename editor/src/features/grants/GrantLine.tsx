import { defaultProject, type GrantKind } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { may, useMe } from '../../data/access/me-store.js';
import { projectStore, useProject } from '../../data/access/project-store.js';
import { useGet } from '../../data/queries/use-get.js';
import { RowButton } from '../../ui/buttons/RowButton.js';
import { GrantDialog } from './GrantDialog.js';
import { ProjectChips } from './ProjectChips.js';

interface GrantLineProps {
  readonly kind: GrantKind;
  readonly id: string;
  /** The display name of the item. */
  readonly title?: string | undefined;
}

/** Shows on an item's own page which projects may use it, to users who may change the grants. */
export function GrantLine(props: GrantLineProps): ReactElement | null {
  const me = useMe();
  const project = useProject();
  const count = useStore(projectStore, ({ projects }) => projects?.length ?? 0);
  // A collection belongs to its project; all other items belong to the installation.
  const owner = props.kind === 'collection' ? project : { id: defaultProject };
  return me !== undefined && count > 1 && may(me, 'grant:write', owner) ? <Line {...props} /> : null;
}

function Line({ kind, id, title = id }: GrantLineProps): ReactElement | null {
  const { value: grant, again } = useGet('/api/grants/{kind}/{id}', { params: { path: { kind, id } } });
  const [isOpen, setOpen] = useState(false);
  // The grants of another project's collection cannot be read here.
  if (grant === undefined) return null;
  return (
    <>
      <p className="grant-line aligned-wrapped">
        <span className="quiet">Granted to:</span> <ProjectChips grant={grant} />
        <RowButton title="Change" what={`the projects that may use ${title}`} run={() => setOpen(true)} />
      </p>
      {isOpen ? <GrantDialog grant={grant} title={title} onChanged={again} onClose={() => setOpen(false)} /> : null}
    </>
  );
}
