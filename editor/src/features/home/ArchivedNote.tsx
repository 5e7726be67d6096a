import clsx from 'clsx';
import type { ProjectReply } from '@heddle/core';
import { Archive } from 'lucide-react';
import { Suspense, useState, type ReactElement } from 'react';
import { readMe } from '../../data/access/me-store.js';
import { readProjects } from '../../data/access/project-store.js';
import { ProjectDialogs } from '../people/index.js';
import styles from './home.module.css';

/** A note on an archived project, with a button that restores it for users who may. */
export function ArchivedNote({ project }: { readonly project: ProjectReply }): ReactElement {
  const [isAsking, setAsking] = useState(false);
  return (
    <div className={clsx('banner aligned-wrapped', styles['home-archived'])} role="status">
      <Archive size={16} aria-hidden />
      <span>
        <strong>This project is archived.</strong> It is read-only: nothing can be changed, published or run here.{' '}
        {project.isManager ? '' : 'A manager of the project can restore it.'}
      </span>
      {project.isManager ? (
        <button type="button" className="button button-small" onClick={() => setAsking(true)}>
          Restore project
        </button>
      ) : null}
      {isAsking ? (
        <Suspense fallback={null}>
          <ProjectDialogs
            dialog={{ kind: 'restore', project }}
            onChanged={() => {
              void readMe();
              void readProjects();
            }}
            onClose={() => setAsking(false)}
          />
        </Suspense>
      ) : null}
    </div>
  );
}
