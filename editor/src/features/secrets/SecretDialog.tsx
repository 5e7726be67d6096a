import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { ownerQuery, type SecretOwner } from './secret-owner.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { LinesField, SelectField, SwitchField, TextField } from '../../ui/fields/FormFields.js';
import { WorkflowFields } from '../../ui/fields/WorkflowFields.js';
import { useAction } from '../../data/queries/use-action.js';
import { useWorkflows } from '../../data/queries/use-workflows.js';
import { changeOf, type SecretDraft } from './secret-draft.js';

/** Creates a secret, or changes the hosts of an existing one. */
export function SecretDialog({
  draft: given,
  owner,
  isNew,
  onClose,
  onSaved,
}: {
  readonly draft: SecretDraft;
  readonly owner: SecretOwner;
  readonly isNew: boolean;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}): ReactElement {
  const [draft, setDraft] = useState(given);
  const known = useWorkflows();
  const save = useAction();
  const change = (part: Partial<SecretDraft>): void => setDraft((before) => ({ ...before, ...part }));
  const submit = async (): Promise<void> => {
    await client.PUT('/api/secrets/{name}', {
      params: { path: { name: draft.name.trim() }, query: ownerQuery(owner) },
      body: changeOf(draft, owner),
    });
    onSaved();
    onClose();
  };
  return (
    <FormDialog
      title={isNew ? (owner === 'project' ? 'Set secret' : 'Set shared secret') : `Edit ${given.name}`}
      verb="Save"
      action={save}
      isDisabled={(!draft.isForRequests && !draft.isForTools) || draft.workflows?.length === 0}
      onSubmit={submit}
      onClose={onClose}
    >
      {isNew ? (
        <TextField
          title="Name"
          value={draft.name}
          isRequired
          isReadOnly={given.name !== ''}
          isFirst={given.name === ''}
          placeholder="api-key"
          help="Letters, digits, dots, _ and -, starting with a letter."
          onChange={(name) => change({ name })}
        />
      ) : null}
      {owner === 'installation' ? <SourceFields draft={draft} onChange={change} /> : null}
      {draft.source === 'stored' ? (
        <TextField
          title="Value"
          type="password"
          value={draft.value}
          isRequired={isNew}
          isFirst={given.name !== ''}
          help={isNew ? 'The value is never shown again.' : 'Leave empty to keep the stored value.'}
          onChange={(value) => change({ value })}
        />
      ) : null}
      <LinesField
        title="Hosts, one per line"
        value={draft.hosts}
        isCode
        placeholder={'api.example.com\n*.example.org\ncrm.lan:8080'}
        help="The secret is sent only to these hosts. Without a port, a host means HTTPS on port 443."
        onChange={(hosts) => change({ hosts })}
      />
      <SwitchField
        title="Use in requests to these hosts"
        value={draft.isForRequests}
        onChange={(isForRequests) => change({ isForRequests })}
      />
      <SwitchField
        title="Use in the environment of tool servers"
        value={draft.isForTools}
        help="A tool server's command can send the value anywhere."
        onChange={(isForTools) => change({ isForTools })}
      />
      <WorkflowFields
        legend="Allowed workflows"
        everything="All workflows with access to the secret, including new ones"
        chosen={draft.workflows}
        choices={known.choices}
        onChange={(workflows) => change({ workflows })}
      />
    </FormDialog>
  );
}

/** Where the value is stored. Only secrets of the installation can be stored outside Heddle. */
function SourceFields({
  draft,
  onChange,
}: {
  readonly draft: SecretDraft;
  readonly onChange: (part: Partial<SecretDraft>) => void;
}): ReactElement {
  return (
    <>
      <SelectField
        title="Stored"
        value={draft.source}
        choices={[
          ['stored', 'In Heddle, encrypted'],
          ['environment', 'In the environment of Heddle'],
          ['file', 'In the mounted folder'],
          ['vault', 'In HashiCorp Vault'],
          ['aws', 'In AWS Secrets Manager'],
        ]}
        onChange={(source) => onChange({ source })}
      />
      {draft.source === 'vault' || draft.source === 'aws' ? (
        <>
          <TextField
            title={draft.source === 'vault' ? 'Path in the vault' : 'Name or ARN'}
            value={draft.location}
            isRequired
            placeholder={draft.source === 'vault' ? 'team/crm' : 'prod/crm'}
            onChange={(location) => onChange({ location })}
          />
          <TextField
            title="Field"
            value={draft.field}
            placeholder={draft.source === 'vault' ? 'value' : 'the whole text'}
            onChange={(field) => onChange({ field })}
          />
        </>
      ) : null}
    </>
  );
}
