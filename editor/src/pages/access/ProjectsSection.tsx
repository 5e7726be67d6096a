import { defaultProject, type ProjectReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { useMay } from '../../access/me-store.js';
import { access } from '../../api/access.js';
import { Notice } from '../../frame/Notice.js';
import { Dialog } from '../../palette/Dialog.js';
import { Confirm } from '../Confirm.js';
import { TextField } from '../FormFields.js';
import { useLoaded } from '../home/use-loaded.js';
import { useAction } from '../use-action.js';
import { Members } from './Members.js';

/** Projects keep workflows, collections, files and keys of teams apart; each has members. */
export function ProjectsSection(): ReactElement {
  const { value: projects, error, again } = useLoaded(access.projects);
  const mayManage = useMay('project:manage');
  const [isMaking, setMaking] = useState(false);
  const [shown, setShown] = useState<ProjectReply>();
  const [removed, setRemoved] = useState<ProjectReply>();
  const removing = useAction();
  return (
    <>
      <div className="section-bar">
        <p className="quiet measure">
          What is in a project in which somebody has no role does not exist for them. Models, connections, secrets and
          the audit record belong to the whole installation: roles in the first project decide over them.
        </p>
        {mayManage ? (
          <button type="button" className="button button-primary" onClick={() => setMaking(true)}>
            New project
          </button>
        ) : null}
      </div>
      {error === undefined ? null : <Notice error={error} action={{ name: 'Try again', run: again }} />}
      <ul className="rows">
        {projects?.map((project) => (
          <li key={project.id} className="row">
            <span className="row-main">
              <span className="row-title">{project.name}</span>
              <span className="quiet">
                <span className="mono">{project.id}</span> · you: {project.roles.join(', ') || 'no role'}
              </span>
            </span>
            <button type="button" className="button button-small" onClick={() => setShown(project)}>
              Members<span className="visually-hidden"> of {project.name}</span>
            </button>
            {mayManage && project.id !== defaultProject ? (
              <button type="button" className="button button-small" onClick={() => setRemoved(project)}>
                Remove<span className="visually-hidden"> {project.name}</span>
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      {isMaking ? (
        <NewProject
          onClose={() => setMaking(false)}
          onMade={() => {
            again();
            setMaking(false);
          }}
        />
      ) : null}
      {shown === undefined ? null : <Members project={shown} onClose={() => setShown(undefined)} />}
      {removed === undefined ? null : (
        <Confirm
          title={`Remove the project “${removed.name}”?`}
          verb="Remove project"
          action={removing}
          onClose={() => setRemoved(undefined)}
          onConfirm={() =>
            removing.run(async () => {
              await access.removeProject(removed.id);
              again();
              setRemoved(undefined);
            })
          }
        >
          <p>It goes only where it never had workflows or collections, as their runs stay.</p>
        </Confirm>
      )}
    </>
  );
}

function NewProject({ onMade, onClose }: { readonly onMade: () => void; readonly onClose: () => void }): ReactElement {
  const [name, setName] = useState('');
  const action = useAction();
  return (
    <Dialog title="New project" onClose={onClose}>
      <form
        className="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          action.run(async () => {
            await access.createProject(name);
            onMade();
          });
        }}
      >
        <TextField title="Name" value={name} onChange={setName} isRequired isFirst />
        {action.error === undefined ? null : <Notice error={action.error} />}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="button button-primary" disabled={action.isBusy}>
            Make project
          </button>
        </div>
      </form>
    </Dialog>
  );
}
