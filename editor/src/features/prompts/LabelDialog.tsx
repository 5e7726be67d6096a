import { PromptLabel, type PromptReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { z } from 'zod';
import { client } from '../../data/api/client.js';
import { useAction } from '../../data/queries/use-action.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { TextField } from '../../ui/fields/FormFields.js';
import { readForm } from '../../ui/forms/read-form.js';
import { labelsOf } from './prompt-text.js';

const usual = ['production', 'staging'];
const Form = z.object({ label: PromptLabel });
const problems = { label: 'Start with a lower-case letter; use at most 40 lower-case letters, digits and -.' };

/** Points a label to a version, or removes it. */
export function LabelDialog({
  prompt,
  version,
  onChanged,
  onClose,
}: {
  readonly prompt: PromptReply;
  readonly version: number;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const { id, labels } = prompt;
  const own = labelsOf(prompt, version);
  const [label, setLabel] = useState(own.length === 0 ? 'production' : '');
  const action = useAction();
  const finish = (): void => {
    onChanged();
    onClose();
  };
  const submit = async (): Promise<void> => {
    const read = readForm(Form, { label }, problems);
    const path = { id, label: read.label };
    await client.PUT('/api/prompts/{id}/labels/{label}', { params: { path }, body: { version } });
    finish();
  };
  const remove = (name: string): void =>
    action.run(async () => {
      await client.DELETE('/api/prompts/{id}/labels/{label}', { params: { path: { id, label: name } } });
      finish();
    });
  const before = Object.hasOwn(labels, label) ? labels[label] : undefined;
  return (
    <FormDialog
      title={`Label version ${version}`}
      verb="Set label"
      action={action}
      isDisabled={label === '' || before === version}
      hasOwnChecks
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        title="Label"
        value={label}
        isFirst
        maxLength={40}
        suggestions={[...new Set([...usual, ...Object.keys(labels)])]}
        help={
          before === undefined || before === version
            ? 'Drafts that follow the label use this version from now on. Published versions keep their text.'
            : `It points to version ${before} now. Drafts that follow it use version ${version} from now on; published versions keep their text.`
        }
        onChange={setLabel}
      />
      {own.map((name) => (
        <button key={name} type="button" className="text-button" disabled={action.isBusy} onClick={() => remove(name)}>
          Remove the label {name}
        </button>
      ))}
    </FormDialog>
  );
}
