import { configOf, HookConfig, type CreatedHookReply, type HookReply, type PortDescription } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import { FormDialog } from '../../../ui/dialogs/FormDialog.js';
import { NumberField, SelectField, TextField } from '../../../ui/fields/FormFields.js';
import { useForm } from '../../../ui/forms/use-form.js';
import { schemeChoices, schemeHelp } from './hook-text.js';
import { inputsOf, textsOf, type TemplateTexts } from '../template-fields.js';
import { TemplateFields } from '../TemplateFields.js';

const fresh = HookConfig.parse({ name: 'Webhook' });

/** Creates an incoming webhook, or changes one. */
export function HookDialog({
  workflow,
  hook,
  ports,
  onCreated,
  onChanged,
  onClose,
}: {
  readonly workflow: string;
  readonly hook: HookReply | undefined;
  readonly ports: readonly PortDescription[];
  readonly onCreated: (hook: CreatedHookReply) => void;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const form = useForm<HookConfig>(hook === undefined ? { ...fresh, name: '' } : configOf(HookConfig, hook));
  const [texts, setTexts] = useState<TemplateTexts>(() => textsOf(form.values.inputs));
  const [secret, setSecret] = useState('');
  const submit = async (): Promise<void> => {
    const { inputs: _before, ...others } = form.values;
    const inputs = inputsOf(texts, ports);
    const config = { ...others, name: form.values.name.trim(), inputs };
    if (hook !== undefined) {
      await client.PUT('/api/workflows/{id}/hooks/{hook}', {
        params: { path: { id: workflow, hook: hook.id } },
        body: config,
      });
      onChanged();
      onClose();
      return;
    }
    onCreated(
      await client.POST('/api/workflows/{id}/hooks', {
        params: { path: { id: workflow } },
        body: { ...config, ...(secret === '' ? {} : { secret }) },
      }),
    );
  };
  return (
    <FormDialog
      title={hook === undefined ? 'New webhook' : `Edit ${hook.name}`}
      verb={hook === undefined ? 'Create webhook' : 'Save'}
      isDisabled={form.values.name.trim() === ''}
      isWide
      hasOwnChecks
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField title="Name" {...form.field('name')} isFirst placeholder="Shop" help="The sender of the messages." />
      <SelectField
        title="Signature"
        {...form.field('scheme')}
        choices={schemeChoices}
        help={schemeHelp[form.values.scheme]}
      />
      {hook === undefined ? (
        <TextField
          title="Secret of the sender"
          type="password"
          value={secret}
          placeholder="Leave empty to generate one"
          help="Only if the sender sets it, as Stripe and Slack do."
          onChange={setSecret}
        />
      ) : null}
      <TemplateFields
        legend="Inputs of the run"
        help={
          <>
            The source of each input, such as <code className="mono">{'{{ body.issue.title }}'}</code> or{' '}
            <code className="mono">{'{{ headers.x-github-event }}'}</code>. An empty input takes the field of the body
            with its name.
          </>
        }
        ports={ports}
        texts={texts}
        placeholder={({ name }) => `{{ body.${name} }}`}
        onChange={setTexts}
      />
      <div className="field-pair">
        <NumberField
          title="Messages per minute"
          value={form.values.ratePerMinute}
          step={1}
          help="Further messages get status 429."
          onChange={(ratePerMinute) => form.change({ ratePerMinute: ratePerMinute ?? fresh.ratePerMinute })}
        />
        <NumberField
          title="Maximum age of a signature, in seconds"
          value={form.values.toleranceSeconds}
          step={1}
          onChange={(toleranceSeconds) => form.change({ toleranceSeconds: toleranceSeconds ?? fresh.toleranceSeconds })}
        />
      </div>
    </FormDialog>
  );
}
