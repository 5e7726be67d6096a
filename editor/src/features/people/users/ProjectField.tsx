import clsx from 'clsx';
import type { ProjectReply } from '@heddle/core';
import type { ReactElement } from 'react';
import styles from '../people.module.css';

/** A filter by project. Hidden if there is only one. */
export function ProjectField({
  projects,
  project,
  onChoose,
}: {
  readonly projects: readonly ProjectReply[];
  readonly project: string;
  readonly onChoose: (project: string) => void;
}): ReactElement | null {
  if (projects.length < 2) return null;
  return (
    <label className={clsx('field', styles['field-short'])}>
      <span className="field-label">Project</span>
      <select value={project} onChange={(event) => onChoose(event.target.value)}>
        {projects.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
