import type { ProjectReply } from '@heddle/core';
import type { ReactElement } from 'react';

/** A filter by project; hidden where there is only one. */
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
    <label className="field field-short">
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
