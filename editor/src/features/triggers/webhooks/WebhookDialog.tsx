import { configOf, WebhookConfig, WebhookEvent, type CreatedWebhookReply, type WebhookReply } from '@heddle/core';
import type { ReactElement } from 'react';
import { ApiError } from '../../../data/http/http.js';
import { client } from '../../../data/api/client.js';
import { FormDialog } from '../../../ui/dialogs/FormDialog.js';
import { SelectField, TextField } from '../../../ui/fields/FormFields.js';
import { useForm } from '../../../ui/forms/use-form.js';
import { eventLabels, levelChoices } from './webhook-text.js';
import { CheckField } from '../../../ui/fields/CheckField.js';

interface WebhookForm extends Omit<WebhookConfig, 'isPaused' | 'events'> {
  readonly events: readonly WebhookEvent[];
}

/** Creates an outgoing webhook, or changes one. */
export function WebhookDialog({
  workflow,
  webhook,
  onCreated,
  onChanged,
  onClose,
}: {
  readonly workflow: string;
  readonly webhook: WebhookReply | undefined;
  readonly onCreated: (webhook: CreatedWebhookReply) => void;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const form = useForm<WebhookForm>(
    webhook === undefined
      ? { name: '', url: '', events: ['run.done', 'run.failed'], clearance: 'internal' }
      : configOf(WebhookConfig, webhook),
  );
  const submit = async (): Promise<void> => {
    const read = WebhookConfig.safeParse({ ...form.values, isPaused: webhook?.isPaused ?? false });
    if (!read.success) throw new ApiError('bad_request', problemOf(form.values), 0);
    if (webhook === undefined) {
      onCreated(
        await client.POST('/api/workflows/{id}/webhooks', { params: { path: { id: workflow } }, body: read.data }),
      );
      return;
    }
    await client.PUT('/api/workflows/{id}/webhooks/{webhook}', {
      params: { path: { id: workflow, webhook: webhook.id } },
      body: read.data,
    });
    onChanged();
    onClose();
  };
  return (
    <FormDialog
      title={webhook === undefined ? 'New webhook' : `Edit ${webhook.name}`}
      verb={webhook === undefined ? 'Create webhook' : 'Save'}
      isWide
      hasOwnChecks
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField title="Name" {...form.field('name')} isFirst placeholder="CRM" help="The receiver of the messages." />
      <TextField
        title="Address"
        {...form.field('url')}
        type="url"
        placeholder="https://crm.example.org/heddle"
        help="No address inside your network, unless HEDDLE_FETCH_ALLOW lists it."
      />
      <CheckField
        title="Events"
        {...form.field('events')}
        choices={WebhookEvent.options.map((event) => [
          event,
          <>
            {eventLabels[event]} <span className="quiet mono">{event}</span>
          </>,
        ])}
      />
      <SelectField
        title="Clearance"
        {...form.field('clearance')}
        choices={levelChoices}
        help="Outputs with a higher label are not sent; the message says so instead."
      />
    </FormDialog>
  );
}

function problemOf({ name, events }: WebhookForm): string {
  if (name.trim() === '') return 'Enter a name.';
  if (events.length === 0) return 'Select at least one event.';
  return 'The address must start with https:// or http://.';
}
