import type { CreatedKeyReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import { useGet } from '../../../data/queries/use-get.js';
import { CopyText } from '../../../ui/buttons/CopyText.js';
import { Dialog } from '../../../ui/dialogs/Dialog.js';
import { FormDialog } from '../../../ui/dialogs/FormDialog.js';
import { LinesField, NumberField, SelectField, TextField } from '../../../ui/fields/FormFields.js';
import { useAction } from '../../../data/queries/use-action.js';
import type { KnownWorkflows } from '../../../data/queries/use-workflows.js';
import { emptyKey, scopesOf, rightsText, type KeyForm, type ReadKey } from './key-form.js';
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
  const [form, setForm] = useState<KeyForm>({ ...emptyKey, ...first });
  const [read, setRead] = useState<ReadKey>();
  const [created, setCreated] = useState<CreatedKeyReply>();
  const action = useAction();
  const budgets = useGet('/api/budgets', {}, ({ budgets }) => budgets);
  const services = useGet('/api/services', {}, ({ services }) => services);
  const change = (part: Partial<KeyForm>): void => setForm((before) => ({ ...before, ...part }));
  const problemOf = (field: string): string | undefined =>
    read?.ok === false && read.field === field ? read.problem : undefined;
  const submit = async (): Promise<void> => {
    const next = scopesOf(form, Date.now());
    setRead(next);
    if (!next.ok) return;
    const { name, service } = form;
    const request = { name, scopes: next.scopes, ...(service === '' ? {} : { service }) };
    setCreated(await client.POST('/api/keys', { body: request }));
    onCreated();
  };
  if (created !== undefined) return <Created created={created} onClose={onClose} />;
  return (
    <FormDialog
      title="New API key"
      verb="Create key"
      action={action}
      isDisabled={form.name.trim() === ''}
      hasOwnChecks
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        title="Name"
        value={form.name}
        onChange={(name) => change({ name })}
        help="The program that uses the key."
        isFirst
      />
      <WorkflowFields
        legend="Allowed workflows"
        everything="All workflows of the project, including new ones"
        chosen={form.workflows}
        choices={workflows}
        problem={problemOf('workflows')}
        onChange={(chosen) => change({ workflows: chosen })}
      />
      <div className="field-pair">
        <NumberField
          title="Calls per minute"
          value={form.rate}
          error={problemOf('rate')}
          placeholder="No limit"
          onChange={(rate) => change({ rate })}
        />
        <NumberField
          title="Expires after, in days"
          value={form.days}
          error={problemOf('days')}
          placeholder="Never"
          onChange={(days) => change({ days })}
        />
      </div>
      <div className="field-pair">
        <SelectField
          title="Budget"
          value={form.budget}
          choices={[
            ['', 'No budget of its own'],
            ...(budgets.value ?? []).map(({ id, title }) => [id, title] as const),
          ]}
          onChange={(budget) => change({ budget })}
        />
        <SelectField
          title="Acts for"
          value={form.service}
          choices={[['', 'Me'], ...(services.value ?? []).map(({ id, name }) => [id, name] as const)]}
          onChange={(service) => change({ service })}
        />
      </div>
      <LinesField
        title="Allowed web origins"
        help="Optional, one per line. Browsers can use the key only from these origins."
        error={problemOf('origins')}
        placeholder="https://shop.example.org"
        value={form.origins}
        onChange={(origins) => change({ origins })}
      />
      <details className="publish-more">
        <summary>Rights: {rightsText(form.permissions)}</summary>
        <RightFields rights={form.permissions} onChange={(permissions) => change({ permissions })} />
      </details>
      <ClearanceField
        rights={form.permissions}
        clearance={form.clearance}
        onChange={(clearance) => change({ clearance })}
      />
      <FieldError text={problemOf('permissions')} />
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
