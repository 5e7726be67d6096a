import { AssignConversationRequest, defaultProject, type StoredConversation } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { useNamedProject } from '../../access/project-store.js';
import { conversations } from '../../api/conversations.js';
import { FormDialog } from '../FormDialog.js';
import { SelectField, TextField } from '../FormFields.js';
import { readForm } from '../read-form.js';
import { useAction } from '../use-action.js';
import type { KnownWorkflows } from '../use-workflows.js';

const words: Readonly<Record<string, string>> = {
  workflow: 'Choose a workflow.',
  subject: 'Say whom it is with: local, user:ID, key:ID, end-user:NAME or visitor:ID.',
};

/** Gives a conversation without an owner to somebody, in the project that is worked in. */
export function AssignConversation({
  conversation,
  workflows,
  onClose,
  onAssigned,
}: {
  readonly conversation: StoredConversation;
  readonly workflows: KnownWorkflows['choices'];
  readonly onClose: () => void;
  readonly onAssigned: () => void;
}): ReactElement {
  const named = useNamedProject();
  const [workflow, setWorkflow] = useState('');
  const [subject, setSubject] = useState('');
  const assigning = useAction();
  const project = named?.id ?? defaultProject;
  return (
    <FormDialog
      title={`Assign “${conversation.session}”`}
      verb="Assign conversation"
      action={assigning}
      hasOwnChecks
      isHeld={workflow === '' || subject.trim() === ''}
      onSubmit={async () => {
        const request = { project, workflow, subject: subject.trim() };
        await conversations.assign(conversation.id, readForm(AssignConversationRequest, request, words));
        onAssigned();
        onClose();
      }}
      onClose={onClose}
    >
      <p className="quiet">
        Runs of the workflow{named === undefined ? '' : ` in ${named.name}`} for this subject then go on with it. It
        cannot be given to another one later.
      </p>
      <SelectField
        title="Workflow"
        value={workflow}
        choices={[['', 'Choose one'], ...workflows]}
        onChange={setWorkflow}
      />
      <TextField title="With" value={subject} placeholder="user:ID or end-user:NAME" onChange={setSubject} />
    </FormDialog>
  );
}
