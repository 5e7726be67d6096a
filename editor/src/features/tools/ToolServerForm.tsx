import type { ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { levelChoices } from '../../ui/format/level-choices.js';
import { NumberField, SelectField, SwitchField, TextField } from '../../ui/fields/FormFields.js';
import { useForm, type Form } from '../../ui/forms/use-form.js';
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
  const form = useForm(initial);
  const save = useAction();
  const submit = (): void => {
    const read = readDraft(form.values);
    form.setErrors(read.ok ? {} : read.errors);
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
      hasErrors={Object.keys(form.errors).length > 0}
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
            {...form.field('id')}
            isReadOnly={!isNew}
            isFirst={isNew}
            placeholder="files"
            help={
              isNew
                ? `Its tools are named ${form.values.id === '' ? 'name' : form.values.id}__tool.`
                : 'The name cannot be changed.'
            }
          />
          <TextField title="Title" {...form.field('title')} />
        </div>
        <SwitchField title="Enabled" {...form.field('isEnabled')} help="When disabled, agents cannot use its tools." />
      </fieldset>
      <LeaveGuard isChanged={JSON.stringify(form.values) !== JSON.stringify(initial)} what="tool server" />
      <TransportFields form={form} />
      <fieldset className="sheet-part">
        <legend>Data</legend>
        <div className="field-pair">
          <SelectField
            title="Clearance"
            {...form.field('clearance')}
            choices={levelChoices}
            help="Data with a higher label is refused before the call."
          />
          <SelectField
            title="Minimum label of results"
            {...form.field('label')}
            choices={levelChoices}
            help="Results have this label and the mark untrusted."
          />
          <SwitchField
            title="Data stays on this machine"
            {...form.field('isLocal')}
            help="The server sends data nowhere else: the data map shows it as local."
          />
          <TextField
            title="Network zone"
            {...form.field('zone')}
            placeholder="dmz"
            help="Of several processes, only those with this zone in HEDDLE_WORKER_ZONE run what uses the server."
          />
        </div>
      </fieldset>
      <SamplingFields form={form} />
    </Sheet>
  );
}

/** The fields for the model that the server may call while it works on a tool call. */
function SamplingFields({ form }: { readonly form: Form<ToolServerDraft> }): ReactElement {
  return (
    <fieldset className="sheet-part">
      <legend>Model for the server</legend>
      <TextField
        title="Model"
        {...form.field('samplingModel')}
        placeholder="connection/model"
        help="The server may ask this model while it works on a call, on the budget of the run. Empty: it cannot ask."
      />
      {form.values.samplingModel.trim() !== '' && (
        <div className="field-pair">
          <NumberField title="Tokens per answer" {...form.field('samplingTokens')} placeholder="1000" />
          <NumberField title="Answers per call" {...form.field('samplingCalls')} placeholder="5" />
        </div>
      )}
    </fieldset>
  );
}
