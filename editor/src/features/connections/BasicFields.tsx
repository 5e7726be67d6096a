import type { ReactElement } from 'react';
import { SelectField, SwitchField, TextField } from '../../ui/fields/FormFields.js';
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
  draft,
  isNew,
  errors,
  onChange,
}: {
  readonly draft: ConnectionDraft;
  readonly isNew: boolean;
  readonly errors: Readonly<Record<string, string>>;
  readonly onChange: (part: Partial<ConnectionDraft>) => void;
}): ReactElement {
  return (
    <>
      <fieldset className="sheet-part">
        <legend>Connection</legend>
        <div className="field-pair">
          <TextField title="Title" value={draft.title} onChange={(title) => onChange({ title })} />
          <TextField
            title="Name in workflows"
            value={draft.id}
            isReadOnly={!isNew}
            error={errors['id']}
            help={
              isNew ? `Models are named ${draft.id === '' ? 'name' : draft.id}/model.` : 'The name cannot be changed.'
            }
            onChange={(id) => onChange({ id })}
          />
        </div>
        <div className="field-pair">
          <TextField
            title="Base URL"
            type="url"
            value={draft.baseUrl}
            error={errors['baseUrl']}
            placeholder={needsAddress(draft.kind) ? 'http://127.0.0.1:8000/v1' : 'The provider’s default'}
            onChange={(baseUrl) => onChange({ baseUrl })}
          />
          {draft.kind === 'azure-openai' ? (
            <TextField
              title="API version"
              value={draft.apiVersion}
              error={errors['apiVersion']}
              onChange={(apiVersion) => onChange({ apiVersion })}
            />
          ) : null}
          <TextField
            title="Region"
            value={draft.region}
            error={errors['region']}
            placeholder="eu"
            help="Where data is processed. Shown to people and in the audit log."
            onChange={(region) => onChange({ region })}
          />
          <TextField
            title="Network zone"
            value={draft.zone}
            error={errors['zone']}
            placeholder="dmz"
            help="Of several processes, only those with this zone in HEDDLE_WORKER_ZONE run what uses the connection."
            onChange={(zone) => onChange({ zone })}
          />
        </div>
        <div className="field-pair">
          {hasApis(draft.kind) ? (
            <SelectField
              title="API"
              value={draft.api ?? ''}
              choices={apiChoices}
              help="For text. Automatic: Responses at OpenAI’s own address, chat completions elsewhere."
              onChange={(api) => onChange({ api: api === '' ? undefined : api })}
            />
          ) : null}
          <SelectField
            title="Prompt cache"
            value={draft.promptCache}
            choices={cacheChoices}
            help="At Anthropic, writing to the cache costs a quarter more than plain input, and reading costs a tenth."
            onChange={(promptCache) => onChange({ promptCache })}
          />
        </div>
        <SwitchField
          title="Enabled"
          value={draft.isEnabled}
          help="When disabled, its models are skipped and running calls end at once."
          onChange={(isEnabled) => onChange({ isEnabled })}
        />
      </fieldset>
      <fieldset className="sheet-part">
        <legend>Data</legend>
        <div className="field-pair">
          <SelectField
            title="Clearance"
            value={draft.clearance}
            choices={levelChoices}
            help="Data with a higher label is refused before the call."
            onChange={(clearance) => onChange({ clearance })}
          />
          <SwitchField
            title="Own server"
            value={draft.isLocal}
            help="It runs on this machine or in this network and counts as local."
            onChange={(isLocal) => onChange({ isLocal })}
          />
        </div>
      </fieldset>
    </>
  );
}
