import type { ProjectReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { readMe, useMay, useMe } from '../../../data/access/me-store.js';
import { chooseProject, projectStore, readProjects, useProject } from '../../../data/access/project-store.js';
import { formatAgo } from '../../../ui/format/format-time.js';
import { ListRow } from '../../../ui/tables/ListRow.js';
import { RowButton } from '../../../ui/buttons/RowButton.js';
import { useNow } from '../../../ui/format/use-now.js';
import { Link } from '../../../ui/navigation/Link.js';
import { settingsPath } from '../../../ui/navigation/route.js';
import { Members } from './Members.js';
import { ProjectDialogs, type ProjectDialog } from './ProjectDialogs.js';
import { ProjectMenu } from './ProjectMenu.js';

/** The list of projects. A project has members, and separates a team's workflows, collections, files and keys from those of others. */
export function ProjectsSection(): ReactElement {
  const projects = useStore(projectStore, (state) => state.projects);
  const current = useProject();
  const isUser = useMe()?.principal?.kind === 'user';
  const mayMake = useMay('project:manage');
  const mayGrant = useMay('grant:write');
  const [dialog, setDialog] = useState<ProjectDialog>();
  const [shown, setShown] = useState<ProjectReply>();
  const now = useNow(false);
  const archived = projects?.filter(({ archivedAt }) => archivedAt !== undefined) ?? [];
  const row = (project: ProjectReply): ReactElement => (
    <ListRow
      key={project.id}
      title={
        <>
          {project.name} {project.id === current?.id ? <span className="badge">Current project</span> : null}
        </>
      }
      facts={
        <>
          <span className="mono">{project.id}</span> · your roles: {project.roles.join(', ') || 'no role'}
          {project.archivedAt === undefined ? '' : ` · archived ${formatAgo(project.archivedAt, now)}`}
        </>
      }
    >
      {project.id === current?.id ? null : (
        <RowButton
          title={project.archivedAt === undefined ? 'Switch to it' : 'View it'}
          what={project.name}
          run={() => chooseProject(project.id)}
        />
      )}
      <RowButton title="Members" what={`of ${project.name}`} run={() => setShown(project)} />
      <ProjectMenu project={project} isUser={isUser} onDialog={setDialog} />
    </ListRow>
  );
  return (
    <>
      <div className="section-bar">
        <p className="quiet measure">
          Users see only the projects in which they have a role. Models, connections and tool servers belong to the
          whole installation: an owner of the first project grants them to projects
          {mayGrant ? (
            <>
              , under{' '}
              <Link href={settingsPath('grants')} className="text-link">
                Grants
              </Link>
            </>
          ) : null}
          .
        </p>
        {mayMake ? (
          <button type="button" className="button button-primary" onClick={() => setDialog({ kind: 'new' })}>
            New project
          </button>
        ) : null}
      </div>
      {projects === undefined ? (
        <p className="quiet">Loading…</p>
      ) : projects.length === 0 ? (
        <p className="section-empty quiet">You are not a member of any project. An owner of a project can add you.</p>
      ) : (
        <ul className="rows">{projects.filter(({ archivedAt }) => archivedAt === undefined).map(row)}</ul>
      )}
      {archived.length === 0 ? null : (
        <section className="section" aria-labelledby="archived">
          <h2 id="archived">Archived</h2>
          <ul className="rows">{archived.map(row)}</ul>
        </section>
      )}
      {dialog === undefined ? null : (
        <ProjectDialogs
          dialog={dialog}
          onChanged={() => {
            void readMe();
            void readProjects();
          }}
          onClose={() => setDialog(undefined)}
        />
      )}
      {shown === undefined ? null : <Members project={shown} onClose={() => setShown(undefined)} />}
    </>
  );
}
