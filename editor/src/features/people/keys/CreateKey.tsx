import type { CreatedKeyReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import { useGet } from '../../../data/queries/use-get.js';
import { CopyText } from '../../../ui/buttons/CopyText.js';
import { Dialog } from '../../../ui/dialogs/Dialog.js';
import { FormDialog } from '../../../ui/dialogs/FormDialog.js';
import { LinesField, NumberField, SelectField, TextField } from '../../../ui/fields/FormFields.js';
import { useForm } from '../../../ui/forms/use-form.js';
import type { KnownWorkflows } from '../../../data/queries/use-workflows.js';
import { emptyKey, scopesOf, rightsText, type KeyForm } from './key-form.js';
import { ClearanceField } from './ClearanceField.js';
import { RightFields } from './RightFields.js';
import { WorkflowFields } from '../../../ui/fields/WorkflowFields.js';
import { FieldError } from '../../../ui/fields/FieldError.js';

/** Creates an API key and shows its secret once. */
export function CreateKey({
  workflows,
  first = {},
  onCreated,
  onClose,
}: {
  readonly workflows: KnownWorkflows['choices'];
  readonly first?: Partial<KeyForm>;
  readonly onCreated: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const form = useForm<KeyForm>({ ...emptyKey, ...first });
  const [created, setCreated] = useState<CreatedKeyReply>();
  const budgets = useGet('/api/budgets', {}, ({ budgets }) => budgets);
  const services = useGet('/api/services', {}, ({ services }) => services);
  const submit = async (): Promise<void> => {
    const next = scopesOf(form.values, Date.now());
    form.setErrors(next.ok ? {} : { [next.field]: next.problem });
    if (!next.ok) return;
    const { name, service } = form.values;
    const request = { name, scopes: next.scopes, ...(service === '' ? {} : { service }) };
    setCreated(await client.POST('/api/keys', { body: request }));
    onCreated();
  };
  if (created !== undefined) return <Created created={created} onClose={onClose} />;
  return (
    <FormDialog
      title="New API key"
      verb="Create key"
      isDisabled={form.values.name.trim() === ''}
      hasOwnChecks
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField title="Name" {...form.field('name')} help="The program that uses the key." isFirst />
      <WorkflowFields
        legend="Allowed workflows"
        everything="All workflows of the project, including new ones"
        {...form.field('workflows')}
        choices={workflows}
      />
      <div className="field-pair">
        <NumberField title="Calls per minute" {...form.field('rate')} placeholder="No limit" />
        <NumberField title="Expires after, in days" {...form.field('days')} placeholder="Never" />
      </div>
      <div className="field-pair">
        <SelectField
          title="Budget"
          {...form.field('budget')}
          choices={[
            ['', 'No budget of its own'],
            ...(budgets.value ?? []).map(({ id, title }) => [id, title] as const),
          ]}
        />
        <SelectField
          title="Acts for"
          {...form.field('service')}
          choices={[['', 'Me'], ...(services.value ?? []).map(({ id, name }) => [id, name] as const)]}
        />
      </div>
      <LinesField
        title="Allowed web origins"
        {...form.field('origins')}
        help="Optional, one per line. Browsers can use the key only from these origins."
        placeholder="https://shop.example.org"
      />
      <details className="publish-more">
        <summary>Rights: {rightsText(form.values.permissions)}</summary>
        <RightFields rights={form.values.permissions} onChange={(permissions) => form.change({ permissions })} />
      </details>
      <ClearanceField
        rights={form.values.permissions}
        clearance={form.values.clearance}
        onChange={(clearance) => form.change({ clearance })}
      />
      <FieldError text={form.errors['permissions']} />
    </FormDialog>
  );
}

function Created({
  created: { key, secret },
  onClose,
}: {
  readonly created: CreatedKeyReply;
  readonly onClose: () => void;
}): ReactElement {
  return (
    <Dialog title={`The key “${key.name}”`} isShownOnce onClose={onClose}>
      <div className="dialog-form">
        <p>Copy the key now. It is shown only once; Heddle keeps only its hash.</p>
        <CopyText text={secret} what="the key" />
        <p className="quiet">
          Send it as <code className="mono">Authorization: Bearer {key.prefix}…</code>
        </p>
        <div className="dialog-actions">
          <button type="button" className="button button-primary" onClick={onClose}>
            Done
          </button>
        </div>
      </div>
    </Dialog>
  );
}
