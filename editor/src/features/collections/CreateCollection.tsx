import { LabelLevel, SplitterOptions } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useGet } from '../../data/queries/use-get.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { Link } from '../../ui/navigation/Link.js';
import { collectionPath, navigate } from '../../ui/navigation/route.js';
import { useAction } from '../../data/queries/use-action.js';

const splitters = SplitterOptions.shape.kind.unwrap().options;
const splitterWords: Readonly<Record<(typeof splitters)[number], string>> = {
  markdown: 'By headings and paragraphs',
  recursive: 'By paragraphs, then sentences',
  sentence: 'By sentences',
  fixed: 'By size only',
  row: 'By rows, for tables',
};

/** The settings of a new collection: name, embedding model, and how documents are split. */
export function CreateCollection({ onClose }: { readonly onClose: () => void }): ReactElement {
  const models = useGet('/api/models', {}, ({ models }) => models);
  const embedders = models.value?.filter(
    ({ card, status }) => card.kind === 'embed' && (status === 'ready' || status === 'loaded'),
  );
  const [name, setName] = useState('');
  const [embedding, setEmbedding] = useState<string>();
  const [kind, setKind] = useState<(typeof splitters)[number]>('markdown');
  const [size, setSize] = useState('200');
  const [overlap, setOverlap] = useState('20');
  const [label, setLabel] = useState<LabelLevel>('internal');
  const create = useAction();
  const chosen = embedding ?? embedders?.find(({ card }) => card.isStarter)?.card.id ?? embedders?.[0]?.card.id;
  const submit = async (): Promise<void> => {
    if (chosen === undefined) return;
    const splitter = SplitterOptions.parse({ kind, maxTokens: Number(size), overlapTokens: Number(overlap) });
    await client.POST('/api/collections', { body: { name, embedding: chosen, splitter, label } });
    navigate(collectionPath(name));
  };
  return (
    <FormDialog
      title="New collection"
      verb="Create collection"
      action={create}
      isPaused={chosen === undefined}
      onSubmit={submit}
      onClose={onClose}
    >
      <label className="field">
        <span className="field-label">Name</span>
        <input
          value={name}
          required
          autoFocus
          spellCheck={false}
          pattern="[a-z][a-z0-9_\-]{0,63}"
          placeholder="handbook"
          onChange={(event) => setName(event.target.value)}
        />
        <span className="field-help">
          Lower-case letters, digits, - and _, starting with a letter. Workflows use this name.
        </span>
      </label>
      <label className="field">
        <span className="field-label">Embedding model</span>
        <select value={chosen ?? ''} required onChange={(event) => setEmbedding(event.target.value)}>
          {embedders?.map(({ card }) => (
            <option key={card.id} value={card.id}>
              {card.title}
            </option>
          ))}
        </select>
        <span className="field-help">
          {embedders?.length === 0 ? (
            <>
              No embedding model is on this machine: <Link href="/models">download one</Link> first.
            </>
          ) : (
            'The embedding model cannot be changed later.'
          )}
        </span>
      </label>
      <label className="field">
        <span className="field-label">Splitting</span>
        <select
          value={kind}
          onChange={(event) => {
            const option = splitters.find((value) => value === event.target.value);
            if (option !== undefined) setKind(option);
          }}
        >
          {splitters.map((value) => (
            <option key={value} value={value}>
              {splitterWords[value]}
            </option>
          ))}
        </select>
      </label>
      <div className="field-pair">
        <label className="field">
          <span className="field-label">Passage size, in tokens</span>
          <input
            type="number"
            min={16}
            max={8192}
            required
            value={size}
            onChange={(event) => setSize(event.target.value)}
          />
        </label>
        <label className="field">
          <span className="field-label">Overlap, in tokens</span>
          <input
            type="number"
            min={0}
            max={1024}
            required
            value={overlap}
            onChange={(event) => setOverlap(event.target.value)}
          />
        </label>
      </div>
      <label className="field">
        <span className="field-label">Label</span>
        <select
          value={label}
          onChange={(event) => {
            const level = LabelLevel.safeParse(event.target.value);
            if (level.success) setLabel(level.data);
          }}
        >
          {LabelLevel.options.map((level) => (
            <option key={level} value={level}>
              {level}
            </option>
          ))}
        </select>
        <span className="field-help">The label of its documents. It limits where they may go.</span>
      </label>
    </FormDialog>
  );
}
