import clsx from 'clsx';
import { everyProject, type GrantReply } from '@heddle/core';
import type { ReactElement } from 'react';
import { useProjectNames } from '../../data/access/project-store.js';
import styles from './grants.module.css';

/** The projects that may use an item. */
export function ProjectChips({
  grant: { owner, projects, choices },
}: {
  readonly grant: Pick<GrantReply, 'owner' | 'projects' | 'choices'>;
}): ReactElement {
  const ownNameOf = useProjectNames();
  const nameOf = (id: string): string => choices.find((choice) => choice.id === id)?.name ?? ownNameOf(id);
  if (owner === undefined && projects.length === 0) return <span className="quiet">No project</span>;
  return (
    <span className={clsx('aligned-wrapped gap-6', styles['grant-chips'])}>
      {owner === undefined ? null : (
        <span className="badge">
          {nameOf(owner)} <span className="quiet">owner</span>
        </span>
      )}
      {projects.map((id) => (
        <span key={id} className="badge">
          {id === everyProject ? 'All projects' : nameOf(id)}
        </span>
      ))}
    </span>
  );
}
