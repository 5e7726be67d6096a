import type { ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { ownerQuery, type SecretOwner } from './secret-owner.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { LinesField, SelectField, SwitchField, TextField } from '../../ui/fields/FormFields.js';
import { useForm, type Form } from '../../ui/forms/use-form.js';
import { WorkflowFields } from '../../ui/fields/WorkflowFields.js';
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
  const form = useForm(given);
  const known = useWorkflows();
  const submit = async (): Promise<void> => {
    await client.PUT('/api/secrets/{name}', {
      params: { path: { name: form.values.name.trim() }, query: ownerQuery(owner) },
      body: changeOf(form.values, owner),
    });
    onSaved();
    onClose();
  };
  return (
    <FormDialog
      title={isNew ? (owner === 'project' ? 'Set secret' : 'Set shared secret') : `Edit ${given.name}`}
      verb="Save"
      isDisabled={(!form.values.isForRequests && !form.values.isForTools) || form.values.workflows?.length === 0}
      onSubmit={submit}
      onClose={onClose}
    >
      {isNew ? (
        <TextField
          title="Name"
          {...form.field('name')}
          isRequired
          isReadOnly={given.name !== ''}
          isFirst={given.name === ''}
          placeholder="api-key"
          help="Letters, digits, dots, _ and -, starting with a letter."
        />
      ) : null}
      {owner === 'installation' ? <SourceFields form={form} /> : null}
      {form.values.source === 'stored' ? (
        <TextField
          title="Value"
          {...form.field('value')}
          type="password"
          isRequired={isNew}
          isFirst={given.name !== ''}
          help={isNew ? 'The value is never shown again.' : 'Leave empty to keep the stored value.'}
        />
      ) : null}
      <LinesField
        title="Hosts, one per line"
        {...form.field('hosts')}
        isCode
        placeholder={'api.example.com\n*.example.org\ncrm.lan:8080'}
        help="The secret is sent only to these hosts. Without a port, a host means HTTPS on port 443."
      />
      <SwitchField title="Use in requests to these hosts" {...form.field('isForRequests')} />
      <SwitchField
        title="Use in the environment of tool servers"
        {...form.field('isForTools')}
        help="A tool server's command can send the value anywhere."
      />
      <WorkflowFields
        legend="Allowed workflows"
        everything="All workflows with access to the secret, including new ones"
        {...form.field('workflows')}
        choices={known.choices}
      />
    </FormDialog>
  );
}

/** Where the value is stored. Only secrets of the installation can be stored outside Heddle. */
function SourceFields({ form }: { readonly form: Form<SecretDraft> }): ReactElement {
  const { source } = form.values;
  return (
    <>
      <SelectField
        title="Stored"
        {...form.field('source')}
        choices={[
          ['stored', 'In Heddle, encrypted'],
          ['environment', 'In the environment of Heddle'],
          ['file', 'In the mounted folder'],
          ['vault', 'In HashiCorp Vault'],
          ['aws', 'In AWS Secrets Manager'],
        ]}
      />
      {source === 'vault' || source === 'aws' ? (
        <>
          <TextField
            title={source === 'vault' ? 'Path in the vault' : 'Name or ARN'}
            {...form.field('location')}
            isRequired
            placeholder={source === 'vault' ? 'team/crm' : 'prod/crm'}
          />
          <TextField
            title="Field"
            {...form.field('field')}
            placeholder={source === 'vault' ? 'value' : 'the whole text'}
          />
        </>
      ) : null}
    </>
  );
}
