import { cardFromSource, ModelCard, type ModelState } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { ApiError } from '../../data/http/http.js';
import { client } from '../../data/api/client.js';
import { SegmentedControl } from '../../ui/buttons/SegmentedControl.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { readForm } from '../../ui/fields/read-form.js';
import { useAction } from '../../data/queries/use-action.js';
import { hubSource, idFromSource } from './hub-source.js';

const kinds: readonly (readonly [ModelCard['kind'], string])[] = [
  ['generate', 'Generate'],
  ['embed', 'Embed'],
  ['rerank', 'Rerank'],
  ['classify', 'Classify'],
  ['lora', 'Adapter (LoRA)'],
];

const words: Readonly<Record<string, string>> = {
  id: 'The id must have lower-case letters, digits, dots, - and _, and start with a letter or a digit.',
  files: 'Enter the repository and its file, such as owner/name/model.gguf, or the path of a file.',
  contextTokens: 'The context must be a whole number of tokens, 1 or more.',
};

const places = [
  ['hub', 'Hub repository'],
  ['file', 'File on this machine'],
] as const;

/** Adds a model: a file of a hub repository, or a file on the server's machine. */
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
  const [place, setPlace] = useState('');
  const [id, setId] = useState<string>();
  const [context, setContext] = useState('');
  const [base, setBase] = useState('');
  const add = useAction();
  const source = from === 'hub' ? hubSource(place) : place.trim() === '' ? undefined : `file:${place.trim()}`;
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
      words,
    );
    await client.POST('/api/models', { body: card });
    onAdded();
    onClose();
  };
  return (
    <FormDialog title="Add model" verb="Add to catalogue" action={add} onSubmit={submit} onClose={onClose}>
      <SegmentedControl label="Source" choices={places} value={from} onChange={setFrom} />
      <label className="field">
        <span className="field-label">{from === 'hub' ? 'Repository and file' : 'Path'}</span>
        <input
          value={place}
          required
          autoFocus
          spellCheck={false}
          placeholder={from === 'hub' ? 'owner/name/model.Q4_K_M.gguf' : '/models/model.Q4_K_M.gguf'}
          onChange={(event) => setPlace(event.target.value)}
        />
        <span className="field-help">
          {from === 'hub'
            ? 'A GGUF or ONNX file. The first download records its commit and hash, and later downloads must match. Add @commit after the name to pin a commit.'
            : 'A GGUF or ONNX file on the server.'}
        </span>
      </label>
      <label className="field">
        <span className="field-label">Kind</span>
        <select
          value={kind}
          onChange={(event) => {
            const chosen = kinds.find(([value]) => value === event.target.value);
            if (chosen !== undefined) setKind(chosen[0]);
          }}
        >
          {kinds.map(([value, title]) => (
            <option key={value} value={value}>
              {title}
            </option>
          ))}
        </select>
      </label>
      {kind === 'lora' ? (
        <label className="field">
          <span className="field-label">Base model</span>
          <select value={base} required onChange={(event) => setBase(event.target.value)}>
            <option value="">Select</option>
            {bases.map(({ card }) => (
              <option key={card.id} value={card.id}>
                {card.title}
              </option>
            ))}
          </select>
        </label>
      ) : null}
      <label className="field">
        <span className="field-label">Id</span>
        <input
          value={shownId}
          required
          spellCheck={false}
          pattern="[a-z0-9][a-z0-9._\-]*"
          onChange={(event) => setId(event.target.value)}
        />
        <span className="field-help">Workflows use this name: lower-case letters, digits, dots, - and _.</span>
      </label>
      <label className="field">
        <span className="field-label">Context, in tokens</span>
        <input
          value={context}
          inputMode="numeric"
          pattern="[0-9]*"
          placeholder={kind === 'embed' ? '512' : '4096'}
          onChange={(event) => setContext(event.target.value)}
        />
      </label>
    </FormDialog>
  );
}
