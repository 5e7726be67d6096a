import type { ShareConfig, ShareReply, WorkflowVersion } from '@heddle/core';
import type { ReactElement } from 'react';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { FieldError } from '../../ui/fields/FieldError.js';
import { LinesField, NumberField, SelectField, SwitchField, TextField } from '../../ui/fields/FormFields.js';
import { useForm } from '../../ui/forms/use-form.js';
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
  const form = useForm<ShareForm>(() => (share === undefined ? emptyShare : formOf(share)));
  const submit = async (): Promise<void> => {
    const read = shareOf(form.values, share);
    form.setErrors(read.ok ? {} : { [read.field]: read.problem });
    if (read.ok) await onSave(read.config);
  };
  return (
    <FormDialog
      title={share === undefined ? 'New link' : `The link “${share.name}”`}
      verb={share === undefined ? 'Create link' : 'Save'}
      isDisabled={form.values.name.trim() === ''}
      hasOwnChecks
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField title="Name" {...form.field('name')} help="For you: where you use the link." isFirst />
      <div className="field-pair">
        <SelectField
          title="Page"
          {...form.field('kind')}
          choices={[
            ['auto', 'Chosen by the inputs'],
            ['chat', 'Chat'],
            ['form', 'Form'],
          ]}
        />
        <SelectField
          title="Access"
          {...form.field('audience')}
          choices={[
            ['anyone', 'Anyone with the link'],
            ['members', 'Signed-in users'],
          ]}
        />
      </div>
      <TextField title="Title" {...form.field('title')} placeholder="The name of the workflow" />
      <LinesField title="Greeting" {...form.field('greeting')} />
      <LinesField title="Example questions" {...form.field('examples')} help="One per line, 8 at most." />
      <div className="field-pair">
        <SelectField
          title="Colours"
          {...form.field('theme')}
          choices={[
            ['auto', 'System'],
            ['light', 'Light'],
            ['dark', 'Dark'],
          ]}
        />
        <TextField title="Accent" {...form.field('accent')} placeholder="#4338ca" />
      </div>
      <div className="field-pair">
        <NumberField title="Runs per day" {...form.field('perDay')} step={1} error={form.errors['runsPerDay']} />
        <NumberField title="Runs per minute" {...form.field('rate')} step={1} error={form.errors['ratePerMinute']} />
      </div>
      <div className="field-pair">
        <NumberField
          title="Uploads per day, in MB"
          {...form.field('uploads')}
          error={form.errors['uploadBytesPerDay']}
          help="For all users together."
        />
        <NumberField
          title="Uploads per user, in MB"
          {...form.field('uploadsOfOne')}
          error={form.errors['uploadBytesPerUser']}
          help="Per signed-in user, or per network address."
        />
      </div>
      <div className="field-pair">
        <NumberField
          title="Monthly budget, in $"
          {...form.field('money')}
          error={form.errors['budget']}
          placeholder="No limit"
        />
        <TextField title="Expires on" {...form.field('expires')} type="date" />
      </div>
      <LinesField
        title="Sites that may embed it"
        {...form.field('origins')}
        help="One origin per line, such as https://www.example.org. Without any, it cannot be embedded."
      />
      <div className="field-pair">
        <SelectField
          title="Version"
          value={String(form.values.version ?? '')}
          choices={[
            ['', 'Live version'],
            ...versions.map(({ version }) => [String(version), `Version ${version}`] as const),
          ]}
          onChange={(version) => form.change({ version: version === '' ? undefined : Number(version) })}
        />
        <SelectField
          title="Clearance"
          {...form.field('clearance')}
          choices={[
            ['public', 'Public'],
            ['internal', 'Internal'],
            ['confidential', 'Confidential'],
            ['restricted', 'Restricted'],
          ]}
        />
      </div>
      {share === undefined ? null : <SwitchField title="Paused" {...form.field('isPaused')} />}
      <FieldError text={form.errors['']} />
    </FormDialog>
  );
}
