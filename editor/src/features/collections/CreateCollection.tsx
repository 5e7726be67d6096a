import clsx from 'clsx';
import { CollectionTitle, LabelLevel, NewSplitter, type HeaderOptions, type StoreKind } from '@heddle/core';
import { useMemo, useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { ApiError } from '../../data/http/http.js';
import { useGet } from '../../data/queries/use-get.js';
import { NumberField, SelectField, TextField } from '../../ui/fields/FormFields.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { Link } from '../../ui/navigation/Link.js';
import { collectionPath, navigate } from '../../ui/navigation/route.js';
import { readForm } from '../../ui/forms/read-form.js';
import { freeName, nameFor, nameProblem } from './collection-name.js';
import { useEmbedders } from './settings/use-embedders.js';
import { HeaderField } from './settings/HeaderField.js';
import { storeTitles } from './settings/store-titles.js';
import { splitterChoices, splitterProblems, type SplitterKind } from './settings/splitting.js';
import styles from './collections.module.css';

/** The settings of a new collection: title, name, embedding model, and how documents are split. */
export function CreateCollection({
  onCreated = ({ name }) => navigate(collectionPath(name)),
  onClose,
}: {
  /** Default: opens the page of the collection. */
  readonly onCreated?: (created: { readonly name: string; readonly title: string }) => void;
  readonly onClose: () => void;
}): ReactElement {
  const embedders = useEmbedders();
  const known = useGet('/api/collections', {}).value;
  const stores = known?.stores ?? [];
  const [refused, setRefused] = useState<readonly string[]>([]);
  const taken = useMemo(
    () => new Set([...(known?.collections ?? []).map(({ name }) => name), ...refused]),
    [known, refused],
  );
  const [title, setTitle] = useState('');
  // Undefined while the name follows the title.
  const [ownName, setOwnName] = useState<string>();
  const name = ownName ?? nameFor(title, taken);
  const [isChecked, setChecked] = useState(false);
  const checkedTitle = CollectionTitle.safeParse(title);
  const titleProblem = checkedTitle.success ? undefined : `${checkedTitle.error.issues[0]?.message ?? ''}.`;
  const wrongName = nameProblem(name);
  const [embedding, setEmbedding] = useState<string>();
  const [kind, setKind] = useState<SplitterKind>('markdown');
  const [size, setSize] = useState<number>();
  const [overlap, setOverlap] = useState<number | undefined>(20);
  const [header, setHeader] = useState<HeaderOptions>();
  const [label, setLabel] = useState<LabelLevel>('internal');
  const [store, setStore] = useState<StoreKind>();
  const chosen = embedding ?? embedders?.find(({ isStarter }) => isStarter)?.id ?? embedders?.[0]?.id;
  const submit = async (): Promise<void> => {
    setChecked(true);
    if (chosen === undefined || !checkedTitle.success || wrongName !== undefined || taken.has(name)) return;
    const splitter = readForm(NewSplitter, { kind, maxTokens: size, overlapTokens: overlap, header }, splitterProblems);
    const body = { name, title: checkedTitle.data, embedding: chosen, splitter, label, store };
    try {
      await client.POST('/api/collections', { body });
    } catch (error) {
      // The list does not show collections of other projects, whose names are taken too.
      if (error instanceof ApiError && error.code === 'collection_exists') {
        setRefused((before) => [...before, name]);
        setOwnName(name);
      }
      throw error;
    }
    onCreated({ name, title: checkedTitle.data });
  };
  return (
    <FormDialog
      title="New collection"
      verb="Create collection"
      isDisabled={chosen === undefined}
      hasOwnChecks
      onSubmit={submit}
      onClose={onClose}
    >
      <TextField
        title="Title"
        value={title}
        isFirst
        placeholder="Employee handbook"
        error={isChecked || title.trim() !== '' ? titleProblem : undefined}
        onChange={setTitle}
      />
      <TextField
        title="Name"
        value={name}
        placeholder="employee-handbook"
        help="Made from the title. Workflows use it, and it cannot be changed later."
        error={
          isChecked || name !== ''
            ? (wrongName ?? (taken.has(name) ? `The name ${name} is taken.` : undefined))
            : undefined
        }
        onChange={setOwnName}
      />
      {taken.has(name) ? (
        <button
          type="button"
          className={clsx('button button-small', styles['field-action'])}
          onClick={() => setOwnName(freeName(name, taken))}
        >
          Use {freeName(name, taken)}
        </button>
      ) : null}
      <SelectField
        title="Embedding model"
        value={chosen ?? ''}
        choices={embedders?.map(({ id, title: name }) => [id, name]) ?? []}
        help={
          embedders?.length === 0 ? (
            <>
              No embedding model is on this machine: <Link href="/models">download one</Link> first.
            </>
          ) : (
            'Changing it later needs a new index of all documents.'
          )
        }
        onChange={setEmbedding}
      />
      {stores.length < 2 ? null : (
        <SelectField
          title="Store"
          value={store ?? stores[0] ?? 'embedded'}
          choices={stores.map((kind) => [kind, storeTitles[kind]] as const)}
          help="Where its passages live. It can move to another store later."
          onChange={setStore}
        />
      )}
      <details className="collection-more">
        <summary>Splitting, headers and label</summary>
        <div className="grid">
          <SelectField title="Splitting" value={kind} choices={splitterChoices} onChange={setKind} />
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
            <NumberField title="Overlap, in tokens" value={overlap} max={1024} step={1} onChange={setOverlap} />
          </div>
          <HeaderField value={header} onChange={setHeader} />
          <SelectField
            title="Label"
            value={label}
            choices={LabelLevel.options.map((level) => [level, level])}
            help="The label of its documents. It limits where they may go."
            onChange={setLabel}
          />
        </div>
      </details>
    </FormDialog>
  );
}
