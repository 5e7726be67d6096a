import clsx from 'clsx';
import { TrainingFormat, type LabelLevel, type TrainingSetReply, type TrainingSetRequest } from '@heddle/core';
import { Download } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { useMay } from '../../data/access/me-store.js';
import { client } from '../../data/api/client.js';
import { useAction } from '../../data/queries/use-action.js';
import { saveFile } from '../../ui/buttons/save-file.js';
import { SelectField } from '../../ui/fields/FormFields.js';
import { levelChoices } from '../../ui/format/level-choices.js';
import { Notice } from '../../ui/states/Notice.js';
import { leftOutRows } from './left-out.js';
import styles from './training.module.css';

const formats = {
  openai: 'Chats for OpenAI and others',
  messages: 'Chats for TRL and PEFT',
  preferences: 'Pairs: a better and a worse answer',
} as const satisfies Record<TrainingFormat, string>;

/** Exports a training set, and shows which runs were left out and why. */
export function ExportSection({
  workflow,
  name,
}: {
  readonly workflow: string;
  readonly name: string;
}): ReactElement | null {
  const mayExport = useMay('workflow:write');
  const [format, setFormat] = useState<TrainingFormat>('openai');
  const [clearance, setClearance] = useState<LabelLevel>('internal');
  const [answers, setAnswers] = useState<TrainingSetRequest['answers']>('good');
  const [made, setMade] = useState<TrainingSetReply>();
  const action = useAction();
  const make = (): void =>
    action.run(async () => {
      setMade(undefined);
      const body = { format, clearance, answers, limit: 10_000 };
      setMade(await client.POST('/api/workflows/{id}/training-set', { params: { path: { id: workflow } }, body }));
    });
  if (!mayExport) return null;
  return (
    <section className="section stack gap-12" aria-label="Training set">
      <h2>Training set</h2>
      <div className={styles['training-fields']}>
        <SelectField
          title="Format"
          value={format}
          choices={TrainingFormat.options.map((option) => [option, formats[option]] as const)}
          onChange={setFormat}
        />
        <SelectField title="Labels up to" value={clearance} choices={levelChoices} onChange={setClearance} />
        <SelectField
          title="Answers"
          value={answers}
          choices={[
            ['good', 'Corrected, and found good'],
            ['corrected', 'Only corrected'],
          ]}
          onChange={setAnswers}
        />
      </div>
      <div>
        <button type="button" className="button button-primary" disabled={action.isBusy} onClick={make}>
          {action.isBusy ? 'Making the set…' : 'Make training set'}
        </button>
      </div>
      {action.error === undefined ? null : <Notice error={action.error} />}
      {made === undefined ? null : <Made made={made} name={name} />}
    </section>
  );
}

function Made({ made, name }: { readonly made: TrainingSetReply; readonly name: string }): ReactElement {
  const { examples, leftOut, content, card, format } = made;
  const rows = leftOutRows(leftOut);
  const base = name.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 60) || 'training';
  return (
    <div className={clsx('boxed-surface', styles['training-made'], 'stack gap-12')} role="status">
      <p className="figure">
        <strong>{examples === 1 ? '1 example' : `${examples.toLocaleString()} examples`}</strong>
        {examples === 0 ? ': no run may be used yet' : ''}
      </p>
      {rows.length === 0 ? (
        <p className="quiet">No run was left out.</p>
      ) : (
        <table className={styles['training-left-out']}>
          <caption>Runs that were left out</caption>
          <thead>
            <tr>
              <th scope="col">Why</th>
              <th scope="col">Runs</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([reason, runs]) => (
              <tr key={reason}>
                <td>{reason}</td>
                <td className="figure">{runs.toLocaleString()}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div className="aligned-wrapped gap-8">
        <button
          type="button"
          className="button"
          disabled={examples === 0}
          onClick={() => saveFile(`${base}.${format}.jsonl`, content, 'application/jsonl')}
        >
          <Download size={15} aria-hidden /> Training set
        </button>
        <button type="button" className="button" onClick={() => saveFile(`${base}.README.md`, card, 'text/markdown')}>
          <Download size={15} aria-hidden /> Data card
        </button>
      </div>
    </div>
  );
}
