import { AssignConversationRequest, defaultProject, type StoredConversation } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { useNamedProject } from '../../data/access/project-store.js';
import { client } from '../../data/api/client.js';
import { useGet } from '../../data/queries/use-get.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { SelectField, TextField } from '../../ui/fields/FormFields.js';
import { readForm } from '../../ui/forms/read-form.js';
import type { KnownWorkflows } from '../../data/queries/use-workflows.js';

const labels: Readonly<Record<string, string>> = {
  workflow: 'Choose a workflow.',
  subject: 'Enter a subject: local, user:ID, key:ID, end-user:NAME or visitor:ID.',
};

/** The option for a subject that is not a member of the project. */
const another = 'another';

/** Assigns a conversation without an owner to a workflow and a subject of the current project. */
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
  const [chosen, setChosen] = useState('');
  const [written, setWritten] = useState('');
  const project = named?.id ?? defaultProject;
  const members = useGet('/api/projects/{id}/members', { params: { path: { id: project } } }, ({ members }) => members);
  const people = (members.value ?? []).map(({ member, name }) => [member, name] as const);
  const subject = chosen === another ? written.trim() : chosen;
  return (
    <FormDialog
      title={`Assign “${conversation.title ?? 'Empty'}”`}
      verb="Assign conversation"
      hasOwnChecks
      isDisabled={workflow === '' || subject === ''}
      onSubmit={async () => {
        const request = { project, workflow, subject };
        await client.POST('/api/conversations/{id}/assign', {
          params: { path: { id: conversation.id } },
          body: readForm(AssignConversationRequest, request, labels),
        });
        onAssigned();
        onClose();
      }}
      onClose={onClose}
    >
      <p className="quiet">
        Runs of this workflow{named === undefined ? '' : ` in ${named.name}`} for this subject continue the
        conversation. It cannot be assigned again later.
      </p>
      <SelectField title="Workflow" value={workflow} choices={[['', 'Select'], ...workflows]} onChange={setWorkflow} />
      <SelectField
        title="Subject"
        value={chosen}
        choices={[['', 'Select'], ...people, [another, 'Another subject']]}
        onChange={setChosen}
      />
      {chosen === another ? (
        <TextField
          title="Id of the subject"
          value={written}
          isFirst
          placeholder="end-user:NAME"
          help="local, user:ID, key:ID, service:ID, end-user:NAME or visitor:ID."
          onChange={setWritten}
        />
      ) : null}
    </FormDialog>
  );
}
