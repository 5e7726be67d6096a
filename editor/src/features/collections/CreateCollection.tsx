import { LabelLevel, NewSplitter } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useGet } from '../../data/queries/use-get.js';
import { NumberField, SelectField, TextField } from '../../ui/fields/FormFields.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { Link } from '../../ui/navigation/Link.js';
import { collectionPath, navigate } from '../../ui/navigation/route.js';
import { useAction } from '../../data/queries/use-action.js';

const splitters = NewSplitter.shape.kind.unwrap().options;
const splitterText: Readonly<Record<(typeof splitters)[number], string>> = {
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
  const [size, setSize] = useState<number>();
  const [overlap, setOverlap] = useState<number | undefined>(20);
  const [label, setLabel] = useState<LabelLevel>('internal');
  const create = useAction();
  const chosen = embedding ?? embedders?.find(({ card }) => card.isStarter)?.card.id ?? embedders?.[0]?.card.id;
  const submit = async (): Promise<void> => {
    if (chosen === undefined) return;
    const splitter = NewSplitter.parse({ kind, maxTokens: size, overlapTokens: overlap });
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
      <TextField
        title="Name"
        value={name}
        isRequired
        isFirst
        pattern="[a-z][a-z0-9_\-]{0,63}"
        placeholder="handbook"
        help="Lower-case letters, digits, - and _, starting with a letter. Workflows use this name."
        onChange={setName}
      />
      <SelectField
        title="Embedding model"
        value={chosen ?? ''}
        isRequired
        choices={embedders?.map(({ card: { id, title } }) => [id, title]) ?? []}
        help={
          embedders?.length === 0 ? (
            <>
              No embedding model is on this machine: <Link href="/models">download one</Link> first.
            </>
          ) : (
            'The embedding model cannot be changed later.'
          )
        }
        onChange={setEmbedding}
      />
      <SelectField
        title="Splitting"
        value={kind}
        choices={splitters.map((splitter) => [splitter, splitterText[splitter]])}
        onChange={setKind}
      />
      <div className="field-pair">
        <NumberField
          title="Passage size, in tokens"
          value={size}
          min={16}
          max={8192}
          step={1}
          placeholder="What the model reads"
          onChange={setSize}
        />
        <NumberField title="Overlap, in tokens" value={overlap} max={1024} step={1} isRequired onChange={setOverlap} />
      </div>
      <SelectField
        title="Label"
        value={label}
        choices={LabelLevel.options.map((level) => [level, level])}
        help="The label of its documents. It limits where they may go."
        onChange={setLabel}
      />
    </FormDialog>
  );
}
