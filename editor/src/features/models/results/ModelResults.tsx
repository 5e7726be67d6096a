import clsx from 'clsx';
import type { ModelCard, ModelReport, ModelResult } from '@heddle/core';
import type { ReactElement } from 'react';
import { useGet } from '../../../data/queries/use-get.js';
import { Dialog } from '../../../ui/dialogs/Dialog.js';
import { figureText } from '../../../ui/format/figure-text.js';
import { formatBytes } from '../../../ui/format/format-bytes.js';
import { Link } from '../../../ui/navigation/Link.js';
import { qualityPath } from '../../../ui/navigation/route.js';
import { WhenLoaded } from '../../../ui/states/WhenLoaded.js';
import { Fact } from '../../../ui/tables/Fact.js';
import { Table } from '../../../ui/tables/Table.js';
import { speedText } from '../model-fit.js';
import styles from '../models.module.css';

/** What runs and experiments on this server measured for a model. */
export function ModelResults({
  card,
  onClose,
}: {
  readonly card: ModelCard;
  readonly onClose: () => void;
}): ReactElement {
  const found = useGet('/api/models/{id}/card', { params: { path: { id: card.id } } });
  return (
    <Dialog title={`Results of ${card.title}`} onClose={onClose}>
      <div className={clsx('dialog-wide', styles['model-results'])}>
        <WhenLoaded loaded={found}>{(report) => <Report report={report} />}</WhenLoaded>
      </div>
    </Dialog>
  );
}

function Report({ report: { model, latency, results, hasMore } }: { readonly report: ModelReport }): ReactElement {
  const sets = bySet(results);
  return (
    <>
      <dl className="facts figure">
        {model === undefined ? null : <Fact name="Speed here">{speedText(model)}</Fact>}
        {latency?.firstTokenP50 === undefined ? null : (
          <Fact name="First token">{figureText(latency.firstTokenP50, 'ms')}, median</Fact>
        )}
        {latency === undefined ? null : (
          <Fact name="Calls">
            {figureText(latency.p50, 'ms')} median, {figureText(latency.p95, 'ms')} p95 of the last {latency.samples}
          </Fact>
        )}
        {model?.needMb === undefined ? null : <Fact name="Memory">about {formatBytes(model.needMb * 2 ** 20)}</Fact>}
      </dl>
      {sets.length === 0 ? (
        <p className="quiet">
          No experiment that you may read has measured it. Compare it with another model on a dataset, under Quality.
        </p>
      ) : (
        sets.map((set) => <Measured key={set.key} set={set} />)
      )}
      {hasMore ? <p className="quiet">Older results are in their experiments.</p> : null}
    </>
  );
}

interface ResultSet {
  readonly key: string;
  readonly results: readonly [ModelResult, ...ModelResult[]];
}

/** Groups results by experiment and variant, in their given order. */
function bySet(results: readonly ModelResult[]): readonly ResultSet[] {
  const sets = new Map<string, [ModelResult, ...ModelResult[]]>();
  for (const result of results) {
    const key = `${result.experiment.id} ${result.variant.id}`;
    const known = sets.get(key);
    if (known === undefined) sets.set(key, [result]);
    else known.push(result);
  }
  return [...sets].map(([key, found]) => ({ key, results: found }));
}

function Measured({ set: { results } }: { readonly set: ResultSet }): ReactElement {
  const [{ experiment, dataset, variant, measuredAt, label }] = results;
  const cost = results.find(({ metric }) => metric.name === 'run.cost')?.mean;
  return (
    <section>
      <h3 dir="auto">
        {dataset.name}, version {dataset.version}
      </h3>
      <p className="quiet">
        <Link href={qualityPath('experiments', experiment.id)}>{experiment.name}</Link> ·{' '}
        <span dir="auto">{variant.name}</span> · {new Date(measuredAt).toLocaleDateString()} · {label}
        {cost === undefined ? '' : ` · ${figureText(cost * 1_000, 'USD')} for 1,000 answers`}
      </p>
      <Table
        name={`${dataset.name}, ${variant.name}`}
        columns={['Metric', { number: 'Mean' }, { number: '95 % interval' }, { number: 'Rows' }]}
      >
        {results.map(({ metric: { name, title, unit }, mean, interval, rows, missing }) => (
          <tr key={name}>
            <th scope="row">{title}</th>
            <td className="number">{figureText(mean, unit)}</td>
            <td className="number">
              {interval === undefined ? '–' : `${figureText(interval.low, unit)} to ${figureText(interval.high, unit)}`}
            </td>
            <td className="number">
              {rows}
              {missing > 0 ? <span className="quiet"> · {missing} missing</span> : null}
            </td>
          </tr>
        ))}
      </Table>
    </section>
  );
}
