import {
  configOf,
  LabelLevel,
  WebhookConfig,
  WebhookEvent,
  type CreatedWebhookReply,
  type WebhookReply,
} from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { ApiError } from '../../../data/http/http.js';
import { client } from '../../../data/api/client.js';
import { FormDialog } from '../../../ui/dialogs/FormDialog.js';
import { SelectField, TextField } from '../../../ui/fields/FormFields.js';
import { useAction } from '../../../data/queries/use-action.js';
import { eventLabels, levelChoices } from './webhook-text.js';
import { CheckList } from '../../../ui/fields/CheckList.js';

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
  const [draft, setDraft] = useState<Omit<WebhookConfig, 'isPaused'>>(
    webhook === undefined
      ? { name: '', url: '', events: ['run.done', 'run.failed'], clearance: 'internal' }
      : configOf(WebhookConfig, webhook),
  );
  const save = useAction();
  const change = (part: Partial<WebhookConfig>): void => setDraft((before) => ({ ...before, ...part }));
  const submit = async (): Promise<void> => {
    const read = WebhookConfig.safeParse({ ...draft, isPaused: webhook?.isPaused ?? false });
    if (!read.success) throw new ApiError('bad_request', problemOf(draft), 0);
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
      action={save}
      isWide
      hasOwnChecks
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        title="Name"
        value={draft.name}
        isFirst
        placeholder="CRM"
        help="The receiver of the messages."
        onChange={(name) => change({ name })}
      />
      <TextField
        title="Address"
        type="url"
        value={draft.url}
        placeholder="https://crm.example.org/heddle"
        help="No address inside your network, unless HEDDLE_FETCH_ALLOW lists it."
        onChange={(url) => change({ url })}
      />
      <fieldset className="choices">
        <legend className="field-label">Events</legend>
        <CheckList
          value={draft.events}
          choices={WebhookEvent.options.map((event) => [
            event,
            <>
              {eventLabels[event]} <span className="quiet mono">{event}</span>
            </>,
          ])}
          onChange={(events) => change({ events: [...events] })}
        />
      </fieldset>
      <SelectField
        title="Clearance"
        value={draft.clearance}
        choices={levelChoices}
        help="Outputs with a higher label are not sent; the message says so instead."
        onChange={(clearance) => change({ clearance: LabelLevel.parse(clearance) })}
      />
    </FormDialog>
  );
}

function problemOf({ name, events }: Pick<WebhookConfig, 'name' | 'events'>): string {
  if (name.trim() === '') return 'Enter a name.';
  if (events.length === 0) return 'Select at least one event.';
  return 'The address must start with https:// or http://.';
}
