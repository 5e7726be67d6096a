import { QuestionKind, withoutUndefined } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import { useGet } from '../../../data/queries/use-get.js';
import { FormDialog } from '../../../ui/dialogs/FormDialog.js';
import { CheckField } from '../../../ui/fields/CheckField.js';
import { ComboboxField } from '../../../ui/fields/ComboboxField.js';
import { NumberField, SelectField, TextField } from '../../../ui/fields/FormFields.js';
import { useModelItems } from '../../models/index.js';
import { kindTitles } from './questions-text.js';
import styles from '../datasets.module.css';

/** Starts a job in which a model writes questions about the passages of a collection. */
export function AskQuestions({
  dataset,
  splits,
  onStarted,
  onClose,
}: {
  readonly dataset: string;
  readonly splits: readonly string[];
  readonly onStarted: (jobId: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const collections = useGet('/api/collections', {}, (reply) => reply.collections);
  const [collection, setCollection] = useState('');
  const [count, setCount] = useState<number | undefined>(20);
  const [model, setModel] = useState('');
  const [kinds, setKinds] = useState<readonly QuestionKind[]>(['factual']);
  const [language, setLanguage] = useState('');
  const [field, setField] = useState('');
  const [value, setValue] = useState('');
  const [split, setSplit] = useState('');
  const [budget, setBudget] = useState<number>();
  const choices = (collections.value ?? []).map(({ name, title }) => [name, title] as const);
  const submit = async (): Promise<void> => {
    const where = field.trim();
    const body = withoutUndefined({
      collection,
      model,
      kinds: [...kinds],
      language,
      count: count ?? 20,
      budget,
      filter: where === '' ? undefined : { op: 'eq' as const, field: where, value },
      split: split.trim() || undefined,
    });
    const { jobId } = await client.POST('/api/datasets/{id}/questions', { params: { path: { id: dataset } }, body });
    onStarted(jobId);
    onClose();
  };
  return (
    <FormDialog
      title="Questions from a collection"
      verb="Write questions"
      isWide
      hasOwnChecks
      isDisabled={collection === '' || model === '' || kinds.length === 0}
      onSubmit={submit}
      onClose={onClose}
    >
      <p className="quiet">
        A model reads passages and writes questions with answers. You review each row before it counts.
      </p>
      <SelectField
        title="Collection"
        value={collection}
        choices={[['', choices.length === 0 ? 'No collection here yet' : 'Choose a collection'] as const, ...choices]}
        onChange={setCollection}
      />
      <ModelChoice value={model} onChange={setModel} />
      <CheckField
        title="Questions"
        value={kinds}
        choices={QuestionKind.options.map((kind) => [kind, kindTitles[kind]] as const)}
        onChange={setKinds}
      />
      <div className={styles['dataset-fields']}>
        <NumberField title="Number" value={count} min={1} max={2_000} onChange={setCount} />
        <TextField
          title="Language"
          help="Empty: the language of the passage."
          value={language}
          maxLength={60}
          suggestions={['English', 'German', 'French', 'Spanish', 'Italian']}
          onChange={setLanguage}
        />
        <TextField title="Split" value={split} suggestions={splits} maxLength={100} onChange={setSplit} />
        <NumberField
          title="Budget (USD)"
          help="For models of a connection."
          value={budget}
          min={0}
          step="any"
          onChange={setBudget}
        />
        <TextField
          title="Only where"
          help="A field of the metadata, or document, title, source."
          value={field}
          maxLength={200}
          onChange={setField}
        />
        <TextField title="is" value={value} maxLength={500} onChange={setValue} />
      </div>
    </FormDialog>
  );
}

/** A field for the model that reads the passages: one of a connection or of this machine. */
export function ModelChoice({
  title = 'Model',
  help = 'It gets no passage above its clearance.',
  value,
  onChange,
}: {
  readonly title?: string;
  readonly help?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}): ReactElement {
  const items = useModelItems('generate');
  return (
    <ComboboxField
      title={title}
      help={help}
      value={value}
      items={items}
      placeholder="A local model, or connection/model"
      empty="No known model has this name. You can use it anyway."
      onChange={onChange}
    />
  );
}
