import clsx from 'clsx';
import type { Agreement, Annotation, AnnotationQueue, QueueResultsReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useGet } from '../../data/queries/use-get.js';
import { FormDialog } from '../../ui/dialogs/FormDialog.js';
import { SelectField, TextField } from '../../ui/fields/FormFields.js';
import { countOf } from '../../ui/format/count-of.js';
import { Link } from '../../ui/navigation/Link.js';
import { qualityPath, runPath } from '../../ui/navigation/route.js';
import { IfMay } from '../../ui/states/IfMay.js';
import { Notice } from '../../ui/states/Notice.js';
import { Table } from '../../ui/tables/Table.js';
import { CompareJudges } from './CompareJudges.js';
import styles from './annotation.module.css';

const mostShown = 500;

/** The annotations of a queue, and the agreement between people. */
export function QueueResults({ queue }: { readonly queue: AnnotationQueue }): ReactElement {
  const results = useGet('/api/annotation-queues/{id}/results', { params: { path: { id: queue.id } } });
  const [asked, setAsked] = useState<'rows' | 'judges'>();
  const close = (): void => setAsked(undefined);
  if (results.error !== undefined && results.value === undefined)
    return <Notice error={results.error} action={{ name: 'Retry', run: results.again }} />;
  if (results.value === undefined) return <p className="quiet">Loading results…</p>;
  const { annotations, agreement, names } = results.value;
  if (annotations.length === 0) return <p className="section-empty quiet">No annotations yet. They appear here.</p>;
  const corrected = annotations.filter(({ correction }) => correction !== undefined).length;
  return (
    <div className={styles['annotate-results']}>
      <section className="section" aria-label="Agreement">
        <h2>Agreement</h2>
        <Table name="Agreement" columns={['Criterion', { number: 'Items' }, { number: 'Same' }, "Cohen's κ (95 %)"]}>
          {agreement.map((one) => (
            <AgreementRow key={one.criterion} agreement={one} queue={queue} />
          ))}
        </Table>
        <p className="small-quiet">
          Of items that two people annotated. κ is 1 where they always agree, and 0 where they agree as often as by
          chance.
        </p>
      </section>
      <section className="section" aria-label="People">
        <h2>People</h2>
        <Table name="People" columns={['Person', { number: 'Annotated' }, { number: 'Skipped' }]}>
          {peopleOf(annotations).map(([who, annotated, skipped]) => (
            <tr key={who}>
              <td>{names[who] ?? who}</td>
              <td className="number figure">{annotated}</td>
              <td className="number figure">{skipped}</td>
            </tr>
          ))}
        </Table>
      </section>
      <section className="section" aria-label="Annotations">
        <div className="aligned-wrapped gap-12">
          <h2>Annotations</h2>
          <IfMay permission="workflow:write">
            {corrected === 0 ? null : (
              <button type="button" className="button button-small" onClick={() => setAsked('rows')}>
                Write corrections to a dataset
              </button>
            )}
            {queue.kind === 'compare' || queue.rubric.criteria.length === 0 ? null : (
              <button type="button" className="button button-small" onClick={() => setAsked('judges')}>
                Compare judges with people
              </button>
            )}
          </IfMay>
        </div>
        <Table name="Annotations" columns={['Run', 'Person', 'Said']}>
          {annotations
            .slice(-mostShown)
            .toReversed()
            .map((annotation) => (
              <AnnotationRow
                key={`${annotation.item} ${annotation.who}`}
                annotation={annotation}
                queue={queue}
                names={names}
              />
            ))}
        </Table>
      </section>
      {asked === 'rows' ? <WriteRows queue={queue} onClose={close} /> : null}
      {asked === 'judges' ? <CompareJudges queue={queue} onClose={close} /> : null}
    </div>
  );
}

function AgreementRow({
  agreement: { criterion, items, same, kappa, interval },
  queue,
}: {
  readonly agreement: Agreement;
  readonly queue: AnnotationQueue;
}): ReactElement {
  const title = queue.rubric.criteria.find(({ name }) => name === criterion)?.title ?? 'Which is better';
  const reach = interval === undefined ? '' : ` (${interval.low.toFixed(2)} to ${interval.high.toFixed(2)})`;
  return (
    <tr>
      <td>{title}</td>
      <td className="number figure">{items}</td>
      <td className="number figure">{same === undefined ? '' : `${Math.round(same * 100)} %`}</td>
      <td className="figure">
        {kappa === undefined
          ? items === 0
            ? 'nothing annotated twice'
            : 'not defined'
          : `${kappa.toFixed(2)}${reach}`}
      </td>
    </tr>
  );
}

function AnnotationRow({
  annotation,
  queue,
  names,
}: {
  readonly annotation: Annotation;
  readonly queue: AnnotationQueue;
  readonly names: QueueResultsReply['names'];
}): ReactElement {
  const { runs, who, text, correction, preferred, isSkipped } = annotation;
  const levels = queue.rubric.criteria.flatMap(({ name, title, levels: all }) => {
    const level = all.find(({ value }) => value === annotation.scores[name]);
    return level === undefined ? [] : [`${title}: ${level.title}`];
  });
  const better = preferred === undefined ? [] : [preferred === 'tie' ? 'equally good' : `better: ${preferred}`];
  return (
    <tr>
      <td>
        {runs.map((run) => (
          <Link key={run} href={runPath(run)} className={clsx('text-link', styles['queue-run'])}>
            {run}
          </Link>
        ))}
      </td>
      <td>{names[who] ?? who}</td>
      <td className={styles['queue-said']}>
        {isSkipped ? <span className="quiet">skipped</span> : [...better, ...levels].join(' · ')}
        {text === undefined ? null : <div className="quiet">{text}</div>}
        {correction === undefined ? null : (
          <div className="quiet">
            Corrected: {typeof correction === 'string' ? correction : JSON.stringify(correction)}
          </div>
        )}
      </td>
    </tr>
  );
}

/** Each person with their number of annotated and skipped items, the most active first. */
function peopleOf(annotations: readonly Annotation[]): readonly (readonly [string, number, number])[] {
  const counts = new Map<string, readonly [number, number]>();
  for (const { who, isSkipped } of annotations) {
    const [annotated, skipped] = counts.get(who) ?? [0, 0];
    counts.set(who, isSkipped ? [annotated, skipped + 1] : [annotated + 1, skipped]);
  }
  return [...counts]
    .map(([who, [annotated, skipped]]) => [who, annotated, skipped] as const)
    .sort((a, b) => b[1] - a[1]);
}

function WriteRows({
  queue,
  onClose,
}: {
  readonly queue: AnnotationQueue;
  readonly onClose: () => void;
}): ReactElement {
  const datasets = useGet('/api/datasets', {}, ({ datasets: all }) => all);
  const [dataset, setDataset] = useState('');
  const [split, setSplit] = useState('');
  const [written, setWritten] = useState<string>();
  const submit = async (): Promise<void> => {
    if (written !== undefined) {
      onClose();
      return;
    }
    const body = { dataset, ...(split.trim() === '' ? {} : { split: split.trim() }) };
    const params = { path: { id: queue.id } };
    const { added, unchanged } = await client.POST('/api/annotation-queues/{id}/dataset', { params, body });
    setWritten(`${countOf(added, 'row')} written, ${unchanged} already there.`);
  };
  return (
    <FormDialog
      title="Write corrections to a dataset"
      verb={written === undefined ? 'Write rows' : 'Close'}
      isDisabled={dataset === ''}
      onSubmit={submit}
      onClose={onClose}
    >
      <SelectField
        title="Dataset"
        value={dataset}
        choices={[
          ['', 'Choose a dataset'] as const,
          ...(datasets.value ?? []).map(({ id, name }) => [id, name] as const),
        ]}
        onChange={setDataset}
      />
      <TextField title="Split" value={split} maxLength={100} help="Such as train or test." onChange={setSplit} />
      {written === undefined ? null : (
        <p role="status">
          {written}{' '}
          <Link href={qualityPath('datasets', dataset)} className="text-link">
            Open dataset
          </Link>
        </p>
      )}
    </FormDialog>
  );
}
