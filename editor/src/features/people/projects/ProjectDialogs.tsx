import type { ProjectReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { useProject } from '../../../data/access/project-store.js';
import { client } from '../../../data/api/client.js';
import { Confirm } from '../../../ui/dialogs/Confirm.js';
import { FormDialog } from '../../../ui/dialogs/FormDialog.js';
import { TextField } from '../../../ui/fields/FormFields.js';

export type ProjectDialog =
  | { readonly kind: 'new' }
  | { readonly kind: 'rename' | 'archive' | 'restore' | 'leave' | 'remove'; readonly project: ProjectReply };

interface ProjectDialogsProps {
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

/** The dialogs that create or change a project. */
export function ProjectDialogs({
  dialog,
  ...rest
}: { readonly dialog: ProjectDialog } & ProjectDialogsProps): ReactElement {
  if (dialog.kind === 'new') return <NameProject {...rest} />;
  if (dialog.kind === 'rename') return <NameProject project={dialog.project} {...rest} />;
  return <Sure kind={dialog.kind} project={dialog.project} {...rest} />;
}

const questions = {
  archive: {
    title: (name: string) => `Archive the project “${name}”?`,
    verb: 'Archive project',
    text: 'Its content stays readable. Nothing can be changed, published or run there, and its keys, schedules and webhooks start nothing until you restore the project.',
    run: (id: string) => client.POST('/api/projects/{id}/archive', { params: { path: { id } } }),
  },
  restore: {
    title: (name: string) => `Restore “${name}” from the archive?`,
    verb: 'Restore project',
    text: 'All members can work there again with their roles. Its keys and schedules work again.',
    run: (id: string) => client.DELETE('/api/projects/{id}/archive', { params: { path: { id } } }),
  },
  leave: {
    title: (name: string) => `Leave the project “${name}”?`,
    verb: 'Leave project',
    text: 'You lose access to it. A manager of the project can add you again.',
    run: (id: string) => client.DELETE('/api/projects/{id}/membership', { params: { path: { id } } }),
  },
  remove: {
    title: (name: string) => `Remove the project “${name}”?`,
    verb: 'Remove project',
    text: 'Only a project that never had workflows or collections can be removed, as their runs stay. Archive any other project.',
    run: (id: string) => client.DELETE('/api/projects/{id}', { params: { path: { id } } }),
  },
} as const;

function Sure({
  kind,
  project: { id, name },
  onChanged,
  onClose,
}: ProjectDialogsProps & { readonly kind: keyof typeof questions; readonly project: ProjectReply }): ReactElement {
  const { title, verb, text, run } = questions[kind];
  return (
    <Confirm
      title={title(name)}
      verb={verb}
      isHarmless={kind === 'restore'}
      onClose={onClose}
      onConfirm={async () => {
        await run(id);
        onChanged();
        onClose();
      }}
    >
      <p>{text}</p>
    </Confirm>
  );
}

function NameProject({
  project,
  onChanged,
  onClose,
}: ProjectDialogsProps & { readonly project?: ProjectReply }): ReactElement {
  const [name, setName] = useState(project?.name ?? '');
  const here = useProject();
  const [hasGrants, setHasGrants] = useState(true);
  return (
    <FormDialog
      title={project === undefined ? 'New project' : `Rename “${project.name}”`}
      verb={project === undefined ? 'Create project' : 'Rename project'}
      isDisabled={name.trim() === ''}
      onClose={onClose}
      onSubmit={async () => {
        await (project === undefined
          ? client.POST('/api/projects', {
              body: { name, ...(hasGrants && here !== undefined ? { grantsFrom: here.id } : {}) },
            })
          : client.PATCH('/api/projects/{id}', { params: { path: { id: project.id } }, body: { name } }));
        onChanged();
        onClose();
      }}
    >
      <TextField title="Name" value={name} onChange={setName} isRequired isFirst />
      {project !== undefined || here === undefined ? null : (
        <label className="choice">
          <input type="checkbox" checked={hasGrants} onChange={(event) => setHasGrants(event.target.checked)} />
          <span>
            Copy grants from {here.name} <span className="quiet">models, connections, tool servers</span>
          </span>
        </label>
      )}
    </FormDialog>
  );
}
