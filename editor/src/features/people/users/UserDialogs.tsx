import { defaultProject, type Role, type UserReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { useStore } from 'zustand';
import { projectStore, useProjectId } from '../../../data/access/project-store.js';
import { client } from '../../../data/api/client.js';
import { CopyText } from '../../../ui/buttons/CopyText.js';
import { Notice } from '../../../ui/states/Notice.js';
import { Dialog } from '../../../ui/dialogs/Dialog.js';
import { Confirm } from '../../../ui/dialogs/Confirm.js';
import { useAction } from '../../../data/queries/use-action.js';
import { ForgetPerson } from './ForgetPerson.js';
import { ProjectField } from './ProjectField.js';
import { RoleFields } from './RoleFields.js';
import { setupAddress } from './role-text.js';

export interface UserDialog {
  readonly kind: 'roles' | 'link' | 'sign-out' | 'disable' | 'enable' | 'forget';
  readonly user: UserReply;
}

interface Props {
  readonly user: UserReply;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

/** The dialogs that change an account. */
export function UserDialogs({
  dialog: { kind, user },
  ...rest
}: { readonly dialog: UserDialog } & Omit<Props, 'user'>): ReactElement {
  switch (kind) {
    case 'roles':
      return <ChangeRoles user={user} {...rest} />;
    case 'link':
      return <NewLink user={user} {...rest} />;
    case 'forget':
      return <ForgetPerson subject={`user:${user.id}`} name={user.name} onClose={rest.onClose} />;
    default:
      return <Sure kind={kind} user={user} {...rest} />;
  }
}

const questions = {
  'sign-out': {
    title: (name: string) => `Sign ${name} out everywhere?`,
    verb: 'Sign out everywhere',
    text: 'Every browser has to sign in again. API keys keep working.',
  },
  disable: {
    title: (name: string) => `Disable ${name}?`,
    verb: 'Disable',
    text: 'They are signed out at once, and their API keys stop working. What they created stays.',
  },
  enable: { title: (name: string) => `Enable ${name} again?`, verb: 'Enable', text: 'They can sign in again.' },
} as const;

function Sure({ kind, user, onChanged, onClose }: Props & { readonly kind: keyof typeof questions }): ReactElement {
  const { title, verb, text } = questions[kind];
  const perform = async (): Promise<void> => {
    if (kind === 'sign-out') await client.DELETE('/api/users/{id}/sessions', { params: { path: { id: user.id } } });
    else
      await client.PATCH('/api/users/{id}', {
        params: { path: { id: user.id } },
        body: { isDisabled: kind === 'disable' },
      });
    onChanged();
    onClose();
  };
  return (
    <Confirm title={title(user.name)} verb={verb} isHarmless={kind === 'enable'} onConfirm={perform} onClose={onClose}>
      <p>{text}</p>
    </Confirm>
  );
}

function NewLink({ user, onClose }: Props): ReactElement {
  const action = useAction();
  const [token, setToken] = useState<string>();
  return (
    <Dialog title={`New link for ${user.name}`} isShownOnce={token !== undefined} onClose={onClose}>
      <div className="dialog-form">
        {token === undefined ? (
          <p>The link works once, within a week, to choose a new password. An earlier link stops working.</p>
        ) : (
          <>
            <p>Send it to {user.email}. It works once, for a week.</p>
            <CopyText text={setupAddress(token)} what="the link" />
          </>
        )}
        {action.error === undefined ? null : <Notice error={action.error} />}
        <div className="dialog-actions">
          {token === undefined ? (
            <button
              type="button"
              className="button button-primary"
              disabled={action.isBusy}
              onClick={() =>
                action.run(async () =>
                  setToken((await client.POST('/api/users/{id}/link', { params: { path: { id: user.id } } })).token),
                )
              }
            >
              Create link
            </button>
          ) : (
            <button type="button" className="button" onClick={onClose}>
              Done
            </button>
          )}
        </div>
      </div>
    </Dialog>
  );
}

function ChangeRoles({ user, onChanged, onClose }: Props): ReactElement {
  const projects = useStore(projectStore, (state) => state.projects) ?? [];
  const current = useProjectId();
  const [picked, setPicked] = useState<string>();
  const project = picked ?? current;
  const [chosen, setChosen] = useState<Readonly<Record<string, readonly Role[]>>>({});
  const action = useAction();
  const roles = chosen[project] ?? user.roles[project] ?? [];
  const save = (): void =>
    action.run(async () => {
      for (const [id, list] of Object.entries(chosen)) {
        if (id === defaultProject)
          await client.PATCH('/api/users/{id}', { params: { path: { id: user.id } }, body: { roles: [...list] } });
        else
          await client.PUT('/api/projects/{id}/members/{member}', {
            params: { path: { id, member: `user:${user.id}` } },
            body: { roles: list },
          });
      }
      onChanged();
      onClose();
    });
  return (
    <Dialog title={`Roles of ${user.name}`} onClose={onClose}>
      <div className="dialog-form">
        <ProjectField projects={projects} project={project} onChoose={setPicked} />
        <RoleFields legend="Roles" roles={roles} onChange={(next) => setChosen({ ...chosen, [project]: next })} />
        {action.error === undefined ? null : <Notice error={action.error} />}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="button" className="button button-primary" disabled={action.isBusy} onClick={save}>
            Save roles
          </button>
        </div>
      </div>
    </Dialog>
  );
}
