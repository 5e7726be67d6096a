import type { ReactElement } from 'react';
import { SelectField, SwitchField, TextField } from '../../ui/fields/FormFields.js';
import type { Form } from '../../ui/forms/use-form.js';
import { hasApis, needsAddress, type ConnectionDraft } from './connection-draft.js';
import { levelChoices } from '../../ui/format/level-choices.js';

const apiChoices = [
  ['', 'Automatic'],
  ['responses', 'Responses'],
  ['chat', 'Chat completions'],
] as const;

const cacheChoices = [
  ['auto', 'Where it saves money'],
  ['always', 'Always'],
  ['off', 'Off'],
] as const;

/** Name, address and clearance of a connection. */
export function BasicFields({
  form,
  isNew,
}: {
  readonly form: Form<ConnectionDraft>;
  readonly isNew: boolean;
}): ReactElement {
  const { values: draft } = form;
  return (
    <>
      <fieldset className="sheet-part">
        <legend>Connection</legend>
        <div className="field-pair">
          <TextField title="Title" {...form.field('title')} />
          <TextField
            title="Name in workflows"
            {...form.field('id')}
            isReadOnly={!isNew}
            help={
              isNew ? `Models are named ${draft.id === '' ? 'name' : draft.id}/model.` : 'The name cannot be changed.'
            }
          />
        </div>
        <div className="field-pair">
          <TextField
            title="Base URL"
            {...form.field('baseUrl')}
            type="url"
            placeholder={needsAddress(draft.kind) ? 'http://127.0.0.1:8000/v1' : 'The provider’s default'}
          />
          {draft.kind === 'azure-openai' ? <TextField title="API version" {...form.field('apiVersion')} /> : null}
          <TextField
            title="Region"
            {...form.field('region')}
            placeholder="eu"
            help="Where data is processed. Shown to people and in the audit log."
          />
          <TextField
            title="Network zone"
            {...form.field('zone')}
            placeholder="dmz"
            help="Of several processes, only those with this zone in HEDDLE_WORKER_ZONE run what uses the connection."
          />
        </div>
        <div className="field-pair">
          {hasApis(draft.kind) ? (
            <SelectField
              title="API"
              value={draft.api ?? ''}
              choices={apiChoices}
              help="For text. Automatic: Responses at OpenAI’s own address, chat completions elsewhere."
              onChange={(api) => form.change({ api: api === '' ? undefined : api })}
            />
          ) : null}
          <SelectField
            title="Prompt cache"
            {...form.field('promptCache')}
            choices={cacheChoices}
            help="At Anthropic, writing to the cache costs a quarter more than plain input, and reading costs a tenth."
          />
        </div>
        <SwitchField
          title="Enabled"
          {...form.field('isEnabled')}
          help="When disabled, its models are skipped and running calls end at once."
        />
      </fieldset>
      <fieldset className="sheet-part">
        <legend>Data</legend>
        <div className="field-pair">
          <SelectField
            title="Clearance"
            {...form.field('clearance')}
            choices={levelChoices}
            help="Data with a higher label is refused before the call."
          />
          <SwitchField
            title="Own server"
            {...form.field('isLocal')}
            help="It runs on this machine or in this network and counts as local."
          />
        </div>
      </fieldset>
    </>
  );
}
