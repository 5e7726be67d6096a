import type { ShareConfig, ShareReply, WorkflowVersion } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { LinesField, NumberField, SelectField, SwitchField, TextField } from '../../ui/fields/FormFields.js';
import { useAction } from '../../data/queries/use-action.js';
import { emptyShare, formOf, shareOf, type ShareForm } from './share-form.js';

interface ShareDialogProps {
  /** The link to change; undefined for a new one. */
  readonly share?: ShareReply;
  readonly versions: readonly WorkflowVersion[];
  readonly onSave: (config: ShareConfig) => Promise<void>;
  readonly onClose: () => void;
}

/** Creates or changes a share link. */
export function ShareDialog({ share, versions, onSave, onClose }: ShareDialogProps): ReactElement {
  const [form, setForm] = useState<ShareForm>(() => (share === undefined ? emptyShare : formOf(share)));
  const [problem, setProblem] = useState<{ readonly field: string; readonly text: string }>();
  const action = useAction();
  const change = (part: Partial<ShareForm>): void => setForm((before) => ({ ...before, ...part }));
  const problemOf = (field: string): string | undefined => (problem?.field === field ? problem.text : undefined);
  const submit = async (): Promise<void> => {
    const read = shareOf(form, share);
    setProblem(read.ok ? undefined : { field: read.field, text: read.problem });
    if (read.ok) await onSave(read.config);
  };
  return (
    <FormDialog
      title={share === undefined ? 'New link' : `The link “${share.name}”`}
      verb={share === undefined ? 'Create link' : 'Save'}
      action={action}
      isDisabled={form.name.trim() === ''}
      hasOwnChecks
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        title="Name"
        value={form.name}
        error={problemOf('name')}
        help="For you: where you use the link."
        onChange={(name) => change({ name })}
        isFirst
      />
      <div className="field-pair">
        <SelectField
          title="Page"
          value={form.kind}
          choices={[
            ['auto', 'Chosen by the inputs'],
            ['chat', 'Chat'],
            ['form', 'Form'],
          ]}
          onChange={(kind) => change({ kind })}
        />
        <SelectField
          title="Access"
          value={form.audience}
          choices={[
            ['anyone', 'Anyone with the link'],
            ['members', 'Signed-in users'],
          ]}
          onChange={(audience) => change({ audience })}
        />
      </div>
      <TextField
        title="Title"
        value={form.title}
        error={problemOf('title')}
        placeholder="The name of the workflow"
        onChange={(title) => change({ title })}
      />
      <LinesField
        title="Greeting"
        value={form.greeting}
        error={problemOf('greeting')}
        onChange={(greeting) => change({ greeting })}
      />
      <LinesField
        title="Example questions"
        help="One per line, 8 at most."
        value={form.examples}
        error={problemOf('examples')}
        onChange={(examples) => change({ examples })}
      />
      <div className="field-pair">
        <SelectField
          title="Colours"
          value={form.theme}
          choices={[
            ['auto', 'System'],
            ['light', 'Light'],
            ['dark', 'Dark'],
          ]}
          onChange={(theme) => change({ theme })}
        />
        <TextField
          title="Accent"
          value={form.accent}
          error={problemOf('accent')}
          placeholder="#4338ca"
          onChange={(accent) => change({ accent })}
        />
      </div>
      <div className="field-pair">
        <NumberField
          title="Runs per day"
          value={form.perDay}
          step={1}
          error={problemOf('runsPerDay')}
          onChange={(perDay) => change({ perDay })}
        />
        <NumberField
          title="Runs per minute"
          value={form.rate}
          step={1}
          error={problemOf('ratePerMinute')}
          onChange={(rate) => change({ rate })}
        />
      </div>
      <div className="field-pair">
        <NumberField
          title="Uploads per day, in MB"
          value={form.uploads}
          error={problemOf('uploadBytesPerDay')}
          help="For all users together."
          onChange={(uploads) => change({ uploads })}
        />
        <NumberField
          title="Uploads per user, in MB"
          value={form.uploadsOfOne}
          error={problemOf('uploadBytesPerUser')}
          help="Per signed-in user, or per network address."
          onChange={(uploadsOfOne) => change({ uploadsOfOne })}
        />
      </div>
      <div className="field-pair">
        <NumberField
          title="Monthly budget, in $"
          value={form.money}
          error={problemOf('budget')}
          placeholder="No limit"
          onChange={(money) => change({ money })}
        />
        <TextField title="Expires on" type="date" value={form.expires} onChange={(expires) => change({ expires })} />
      </div>
      <LinesField
        title="Sites that may embed it"
        help="One origin per line, such as https://www.example.org. Without any, it cannot be embedded."
        value={form.origins}
        error={problemOf('origins')}
        onChange={(origins) => change({ origins })}
      />
      <div className="field-pair">
        <SelectField
          title="Version"
          value={String(form.version ?? '')}
          choices={[
            ['', 'Live version'],
            ...versions.map(({ version }) => [String(version), `Version ${version}`] as const),
          ]}
          onChange={(version) => change({ version: version === '' ? undefined : Number(version) })}
        />
        <SelectField
          title="Clearance"
          value={form.clearance}
          choices={[
            ['public', 'Public'],
            ['internal', 'Internal'],
            ['confidential', 'Confidential'],
            ['restricted', 'Restricted'],
          ]}
          onChange={(clearance) => change({ clearance })}
        />
      </div>
      {share === undefined ? null : (
        <SwitchField title="Paused" value={form.isPaused} onChange={(isPaused) => change({ isPaused })} />
      )}
      {problem?.field === '' ? (
        <p className="field-error" role="alert">
          {problem.text}
        </p>
      ) : null}
    </FormDialog>
  );
}
