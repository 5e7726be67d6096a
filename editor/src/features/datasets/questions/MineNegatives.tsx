import { withoutUndefined } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import { useGet } from '../../../data/queries/use-get.js';
import { FormDialog } from '../../../ui/dialogs/FormDialog.js';
import { NumberField, SelectField, TextField } from '../../../ui/fields/FormFields.js';
import { ModelChoice } from './AskQuestions.js';
import styles from '../datasets.module.css';

/** Searches a collection for hard negatives of the labelled questions. */
export function MineNegatives({
  dataset,
  splits,
  onStarted,
  onClose,
}: {
  readonly dataset: string;
  readonly splits: readonly string[];
  readonly onStarted: () => void;
  readonly onClose: () => void;
}): ReactElement {
  const collections = useGet('/api/collections', {}, (reply) => reply.collections);
  const [collection, setCollection] = useState('');
  const [each, setEach] = useState<number | undefined>(3);
  const [questions, setQuestions] = useState<number | undefined>(200);
  const [model, setModel] = useState('');
  const [split, setSplit] = useState('');
  const [budget, setBudget] = useState<number>();
  const choices = (collections.value ?? []).map(({ name, title }) => [name, title] as const);
  const submit = async (): Promise<void> => {
    const body = withoutUndefined({
      collection,
      each: each ?? 3,
      questions: questions ?? 200,
      model: model.trim() || undefined,
      split: split.trim() || undefined,
      budget,
    });
    await client.POST('/api/datasets/{id}/negatives', { params: { path: { id: dataset } }, body });
    onStarted();
    onClose();
  };
  return (
    <FormDialog
      title="Hard negatives"
      verb="Search"
      isWide
      hasOwnChecks
      isDisabled={collection === ''}
      onSubmit={submit}
      onClose={onClose}
    >
      <p className="quiet">
        A search finds passages that look like an answer to a labelled question. You decide for each whether it does.
      </p>
      <SelectField
        title="Collection"
        value={collection}
        choices={[['', choices.length === 0 ? 'No collection here yet' : 'Choose a collection'] as const, ...choices]}
        onChange={setCollection}
      />
      <ModelChoice
        title="Model (optional)"
        help="It finds passages that do answer the question, and gets none above its clearance."
        value={model}
        onChange={setModel}
      />
      <div className={styles['dataset-fields']}>
        <NumberField title="For each question" value={each} min={1} max={20} onChange={setEach} />
        <NumberField title="Most questions" value={questions} min={1} max={2_000} onChange={setQuestions} />
        <TextField title="Split" value={split} suggestions={splits} maxLength={100} onChange={setSplit} />
        <NumberField
          title="Budget (USD)"
          help="For models of a connection."
          value={budget}
          min={0}
          step="any"
          onChange={setBudget}
        />
      </div>
    </FormDialog>
  );
}
