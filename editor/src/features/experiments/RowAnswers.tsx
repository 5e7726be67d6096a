import { diffWords, type ExperimentReply, type ExperimentRowReply } from '@heddle/core';
import type { ReactElement } from 'react';
import { useGet } from '../../data/queries/use-get.js';
import { Dialog } from '../../ui/dialogs/Dialog.js';
import { textOf } from '../../ui/format/text-of.js';
import { Link } from '../../ui/navigation/Link.js';
import { runPath } from '../../ui/navigation/route.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import { FieldDiff } from '../differences/index.js';
import { figureText } from '../../ui/format/figure-text.js';
import { savedText } from './saved-text.js';
import styles from './experiments.module.css';

/** A row: its inputs, its expected answer, and the answers of the variants side by side, each with a link to its run. */
export function RowAnswers({
  experiment,
  row,
  onClose,
}: {
  readonly experiment: ExperimentReply;
  readonly row: number;
  readonly onClose: () => void;
}): ReactElement {
  const { id } = experiment;
  const found = useGet('/api/experiments/{id}/rows/{row}', { params: { path: { id, row: String(row) } } });
  return (
    <Dialog title={`Row ${found.value?.id ?? row}`} onClose={onClose}>
      <div className="dialog-wide" data-part="experiment-answers">
        <WhenLoaded loaded={found}>{(reply) => <Answers {...{ experiment, reply }} />}</WhenLoaded>
      </div>
    </Dialog>
  );
}

function Answers({
  experiment,
  reply,
}: {
  readonly experiment: ExperimentReply;
  readonly reply: ExperimentRowReply;
}): ReactElement {
  const baseline = answerText(reply.answers[0]?.outputs ?? {});
  return (
    <>
      <dl className={styles['experiment-given']}>
        <dt>Inputs</dt>
        <dd dir="auto">{answerText(reply.inputs)}</dd>
        {reply.expected === undefined ? null : (
          <>
            <dt>Expected</dt>
            <dd dir="auto">{textOf(reply.expected)}</dd>
          </>
        )}
      </dl>
      <div className={styles['experiment-sides']}>
        {reply.answers.map((answer, index) => (
          <Answer
            key={`${answer.variant} ${answer.repeat}`}
            {...{ experiment, reply, answer }}
            baseline={index === 0 ? undefined : baseline}
          />
        ))}
      </div>
    </>
  );
}

function Answer({
  experiment,
  reply,
  answer: { variant, repeat, outputs, evaluations },
  baseline,
}: {
  readonly experiment: ExperimentReply;
  readonly reply: ExperimentRowReply;
  readonly answer: ExperimentRowReply['answers'][number];
  readonly baseline: string | undefined;
}): ReactElement {
  const name = experiment.variants.find(({ id }) => id === variant)?.name ?? variant;
  const cell = reply.cells.find((one) => one.variant === variant && one.repeat === repeat);
  const text = answerText(outputs);
  return (
    <section aria-label={name}>
      <h3 dir="auto">
        {name}
        {experiment.repeats > 1 ? ` · repeat ${repeat}` : ''}
      </h3>
      {cell?.error === undefined ? null : <p data-verdict="worse">{cell.error.message}</p>}
      {baseline === undefined || baseline === text || text === '' ? (
        <p className={styles['experiment-answer']} dir="auto">
          {text === '' ? 'No answer' : text}
        </p>
      ) : (
        <FieldDiff fields={[{ path: 'answer', before: baseline, after: text, words: diffWords(baseline, text) }]} />
      )}
      <ul className={styles['experiment-scores']}>
        {evaluations.map(({ metric, value, explanation }) => (
          <li key={metric}>
            <strong>{experiment.metrics.find((one) => one.name === metric)?.title ?? metric}</strong>{' '}
            {figureText(value, experiment.metrics.find((one) => one.name === metric)?.unit ?? 'score')}
            <span className="quiet"> {explanation}</span>
          </li>
        ))}
      </ul>
      {cell?.reused === undefined ? null : (
        <p className="quiet">
          Reused {cell.reused.nodes === 1 ? 'one result' : `${cell.reused.nodes} results`}: {savedText(cell.reused)}
        </p>
      )}
      {cell?.runId === undefined ? null : <Link href={runPath(cell.runId)}>Open its run on the canvas</Link>}
    </section>
  );
}

/** A single output as its text, several outputs with their names. */
function answerText(outputs: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(outputs);
  const [only] = entries;
  if (entries.length === 1 && only !== undefined) return textOf(only[1]);
  return entries.map(([name, value]) => `${name}: ${textOf(value)}`).join('\n');
}
