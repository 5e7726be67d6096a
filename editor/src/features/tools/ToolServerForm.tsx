import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { levelChoices } from '../../ui/format/level-choices.js';
import { NumberField, SelectField, SwitchField, TextField } from '../../ui/fields/FormFields.js';
import { leaveSaved, leaveThrough } from '../../ui/navigation/leave-guard.js';
import { LeaveGuard } from '../../ui/dialogs/LeaveGuard.js';
import { Sheet } from '../../ui/dialogs/Sheet.js';
import { navigate } from '../../ui/navigation/route.js';
import { useAction } from '../../data/queries/use-action.js';
import { TransportFields } from './TransportFields.js';
import { readDraft, type ToolServerDraft } from './tool-server-draft.js';

/** The settings of a tool server. */
export function ToolServerForm({
  initial,
  isNew,
  onSaved,
  onCancel,
}: {
  readonly initial: ToolServerDraft;
  readonly isNew: boolean;
  readonly onSaved: (id: string) => void;
  readonly onCancel: () => void;
}): ReactElement {
  const [draft, setDraft] = useState(initial);
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const save = useAction();
  const change = (part: Partial<ToolServerDraft>): void => setDraft((before) => ({ ...before, ...part }));
  const submit = (): void => {
    const read = readDraft(draft);
    setErrors(read.ok ? {} : read.errors);
    if (!read.ok) return;
    save.run(async () => {
      const { signIn } = await (isNew
        ? client.POST('/api/tools/servers', { body: read.server })
        : client.PUT('/api/tools/servers/{id}', { params: { path: { id: read.server.id } }, body: read.server }));
      if (signIn?.isNeeded === true) {
        // The tools cannot be listed until someone signs in, which is possible on the page Tools.
        leaveSaved(() => navigate('/tools'));
        return;
      }
      // Lists the tools at once. The page of the server shows an error, if there is one.
      await client
        .POST('/api/tools/servers/{id}/refresh', { params: { path: { id: read.server.id } } })
        .catch(() => undefined);
      leaveSaved(() => onSaved(read.server.id));
    });
  };
  return (
    <Sheet
      permission="tool:register"
      save={save}
      verb="Save and list tools"
      busyVerb="Saving and listing tools…"
      hasErrors={Object.keys(errors).length > 0}
      onSubmit={submit}
      actions={
        <button type="button" className="button" disabled={save.isBusy} onClick={() => leaveThrough(onCancel)}>
          Cancel
        </button>
      }
    >
      <fieldset className="sheet-part">
        <legend>Server</legend>
        <div className="field-pair">
          <TextField
            title="Name in workflows"
            value={draft.id}
            isReadOnly={!isNew}
            isFirst={isNew}
            error={errors['id']}
            placeholder="files"
            help={
              isNew
                ? `Its tools are named ${draft.id === '' ? 'name' : draft.id}__tool.`
                : 'The name cannot be changed.'
            }
            onChange={(id) => change({ id })}
          />
          <TextField
            title="Title"
            value={draft.title}
            error={errors['title']}
            onChange={(title) => change({ title })}
          />
        </div>
        <SwitchField
          title="Enabled"
          value={draft.isEnabled}
          help="When disabled, agents cannot use its tools."
          onChange={(isEnabled) => change({ isEnabled })}
        />
      </fieldset>
      <LeaveGuard isChanged={JSON.stringify(draft) !== JSON.stringify(initial)} what="tool server" />
      <TransportFields draft={draft} errors={errors} onChange={change} />
      <fieldset className="sheet-part">
        <legend>Data</legend>
        <div className="field-pair">
          <SelectField
            title="Clearance"
            value={draft.clearance}
            choices={levelChoices}
            help="Data with a higher label is refused before the call."
            onChange={(clearance) => change({ clearance })}
          />
          <SelectField
            title="Minimum label of results"
            value={draft.label}
            choices={levelChoices}
            help="Results have this label and the mark untrusted."
            onChange={(label) => change({ label })}
          />
          <SwitchField
            title="Data stays on this machine"
            value={draft.isLocal}
            help="The server sends data nowhere else: the data map shows it as local."
            onChange={(isLocal) => change({ isLocal })}
          />
          <TextField
            title="Network zone"
            value={draft.zone}
            error={errors['zone']}
            placeholder="dmz"
            help="Of several processes, only those with this zone in HEDDLE_WORKER_ZONE run what uses the server."
            onChange={(zone) => change({ zone })}
          />
        </div>
      </fieldset>
      <SamplingFields draft={draft} errors={errors} onChange={change} />
    </Sheet>
  );
}

/** The fields for the model that the server may call while it works on a tool call. */
function SamplingFields({
  draft,
  errors,
  onChange,
}: {
  readonly draft: ToolServerDraft;
  readonly errors: Readonly<Record<string, string>>;
  readonly onChange: (part: Partial<ToolServerDraft>) => void;
}): ReactElement {
  return (
    <fieldset className="sheet-part">
      <legend>Model for the server</legend>
      <TextField
        title="Model"
        value={draft.samplingModel}
        error={errors['samplingModel']}
        placeholder="connection/model"
        help="The server may ask this model while it works on a call, on the budget of the run. Empty: it cannot ask."
        onChange={(samplingModel) => onChange({ samplingModel })}
      />
      {draft.samplingModel.trim() !== '' && (
        <div className="field-pair">
          <NumberField
            title="Tokens per answer"
            value={draft.samplingTokens}
            error={errors['samplingTokens']}
            placeholder="1000"
            onChange={(samplingTokens) => onChange({ samplingTokens })}
          />
          <NumberField
            title="Answers per call"
            value={draft.samplingCalls}
            error={errors['samplingCalls']}
            placeholder="5"
            onChange={(samplingCalls) => onChange({ samplingCalls })}
          />
        </div>
      )}
    </fieldset>
  );
}
