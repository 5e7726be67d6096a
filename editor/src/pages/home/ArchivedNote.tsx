import type { ProjectReply } from '@heddle/core';
import { Archive } from 'lucide-react';
import { Suspense, useState, type ReactElement } from 'react';
import { readMe } from '../../access/me-store.js';
import { readProjects } from '../../access/project-store.js';
import { lazyPage } from '../lazy-page.js';

const ProjectDialogs = lazyPage(() =>
  import('../access/ProjectDialogs.js').then(({ ProjectDialogs: dialogs }) => dialogs),
);

/** Says of an archived project that it is one, and brings it back where whoever looks may do that. */
export function ArchivedNote({ project }: { readonly project: ProjectReply }): ReactElement {
  const [isAsking, setAsking] = useState(false);
  return (
    <div className="banner home-archived" role="status">
      <Archive size={16} aria-hidden />
      <span>
        <strong>This project is archived.</strong> What is in it can be looked at; nothing is changed, published or run
        here. {project.isManager ? '' : 'Somebody who manages it can take it out of the archive.'}
      </span>
      {project.isManager ? (
        <button type="button" className="button button-small" onClick={() => setAsking(true)}>
          Take it out of the archive
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
