import { CreatePromptRequest, type PromptContent } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { SelectField, TextField } from '../../ui/fields/FormFields.js';
import { readForm } from '../../ui/forms/read-form.js';
import { navigate, qualityPath } from '../../ui/navigation/route.js';
import { emptyContent } from './prompt-text.js';

const problems = {
  name: 'Start with a lower-case letter; use at most 64 lower-case letters, digits and -.',
  title: 'At most 200 characters.',
};

/** Creates a prompt. By default it is empty and its page opens. */
export function NewPrompt({
  content,
  onClose,
  onCreated = ({ id }) => navigate(qualityPath('prompts', id)),
}: {
  /** The content of the prompt. Without it, the user chooses the kind of an empty prompt. */
  readonly content?: PromptContent;
  readonly onClose: () => void;
  readonly onCreated?: (made: { readonly id: string; readonly name: string }) => void;
}): ReactElement {
  const [name, setName] = useState('');
  const [title, setTitle] = useState('');
  const [kind, setKind] = useState<PromptContent['kind']>('text');
  const submit = async (): Promise<void> => {
    const given = { name, title, content: content ?? emptyContent(kind) };
    const made = await client.POST('/api/prompts', { body: readForm(CreatePromptRequest, given, problems) });
    onClose();
    onCreated(made);
  };
  return (
    <FormDialog
      title={content === undefined ? 'New prompt' : 'Save as library prompt'}
      verb={content === undefined ? 'Create prompt' : 'Save prompt'}
      hasOwnChecks
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        title="Name"
        value={name}
        isFirst
        isRequired
        maxLength={64}
        placeholder="greeting"
        help="Nodes and commands use it. It cannot change later."
        onChange={setName}
      />
      <TextField title="Title" value={title} maxLength={200} onChange={setTitle} />
      {content === undefined ? (
        <SelectField
          title="Kind"
          value={kind}
          choices={[
            ['text', 'Text'],
            ['chat', 'Chat: system prompt, examples and message'],
          ]}
          onChange={setKind}
        />
      ) : null}
    </FormDialog>
  );
}
