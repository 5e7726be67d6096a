import { cardFromSource, ModelCard, type ModelState } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { ApiError } from '../../data/http/http.js';
import { client } from '../../data/api/client.js';
import { SegmentedControl } from '../../ui/buttons/SegmentedControl.js';
import { SelectField, TextField } from '../../ui/fields/FormFields.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { readForm } from '../../ui/forms/read-form.js';
import { hubSource, idFromSource } from './hub-source.js';

const kinds: readonly (readonly [ModelCard['kind'], string])[] = [
  ['generate', 'Generate'],
  ['embed', 'Embed'],
  ['rerank', 'Rerank'],
  ['classify', 'Classify'],
  ['lora', 'Adapter (LoRA)'],
];

const labels: Readonly<Record<string, string>> = {
  id: 'The id must have lower-case letters, digits, dots, - and _, and start with a letter or a digit.',
  files: 'Enter the repository and its file, such as owner/name/model.gguf, or the path of a file.',
  contextTokens: 'The context must be a whole number of tokens, 1 or more.',
};

const sources = [
  ['hub', 'Hub repository'],
  ['file', 'File on this machine'],
] as const;

/** Adds a model from a file in a hub repository or on the server's machine. */
export function AddModel({
  models,
  onClose,
  onAdded,
}: {
  readonly models: readonly ModelState[];
  readonly onClose: () => void;
  readonly onAdded: () => void;
}): ReactElement {
  const [from, setFrom] = useState<'hub' | 'file'>('hub');
  const [kind, setKind] = useState<ModelCard['kind']>('generate');
  const [typed, setTyped] = useState('');
  const [id, setId] = useState<string>();
  const [context, setContext] = useState('');
  const [base, setBase] = useState('');
  const source = from === 'hub' ? hubSource(typed) : typed.trim() === '' ? undefined : `file:${typed.trim()}`;
  const shownId = id ?? (source === undefined ? '' : idFromSource(source));
  const bases = models.filter(({ card }) => card.kind === 'generate');
  const submit = async (): Promise<void> => {
    if (source === undefined)
      throw new ApiError('bad_request', 'Enter the repository and its file, such as owner/name/model.gguf.', 0);
    const card = readForm(
      ModelCard,
      cardFromSource({
        id: shownId,
        kind,
        sources: [source],
        ...(context === '' ? {} : { contextTokens: Number(context) }),
        ...(kind === 'lora' && base !== '' ? { baseModel: base } : {}),
      }),
      labels,
    );
    await client.POST('/api/models', { body: card });
    onAdded();
    onClose();
  };
  return (
    <FormDialog title="Add model" verb="Add to catalogue" onSubmit={submit} onClose={onClose}>
      <SegmentedControl label="Source" choices={sources} value={from} onChange={setFrom} />
      <TextField
        title={from === 'hub' ? 'Repository and file' : 'Path'}
        value={typed}
        isRequired
        isFirst
        placeholder={from === 'hub' ? 'owner/name/model.Q4_K_M.gguf' : '/models/model.Q4_K_M.gguf'}
        help={
          from === 'hub'
            ? 'A GGUF or ONNX file. The first download records its commit and hash, and later downloads must match. Add @commit after the name to pin a commit.'
            : 'A GGUF or ONNX file on the server.'
        }
        onChange={setTyped}
      />
      <SelectField title="Kind" value={kind} choices={kinds} onChange={setKind} />
      {kind === 'lora' ? (
        <SelectField
          title="Base model"
          value={base}
          isRequired
          choices={[['', 'Select'], ...bases.map(({ card: { id, title } }) => [id, title] as const)]}
          onChange={setBase}
        />
      ) : null}
      <TextField
        title="Id"
        value={shownId}
        isRequired
        pattern="[a-z0-9][a-z0-9._\-]*"
        help="Workflows use this name: lower-case letters, digits, dots, - and _."
        onChange={setId}
      />
      <TextField
        title="Context, in tokens"
        value={context}
        inputMode="numeric"
        pattern="[0-9]*"
        placeholder={kind === 'embed' ? '512' : '4096'}
        onChange={setContext}
      />
    </FormDialog>
  );
}
