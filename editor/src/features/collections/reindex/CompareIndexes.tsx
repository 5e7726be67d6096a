import type { ReindexComparison } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../../data/api/client.js';
import { useAction } from '../../../data/queries/use-action.js';
import { useGet } from '../../../data/queries/use-get.js';
import { SelectField } from '../../../ui/fields/FormFields.js';
import { countOf } from '../../../ui/format/count-of.js';
import { differenceText, figureText, intervalText, verdictText } from '../../../ui/format/figure-text.js';
import { Notice } from '../../../ui/states/Notice.js';
import { Table } from '../../../ui/tables/Table.js';
import { comparisonText, metricTitles } from './reindex-text.js';
import styles from '../collections.module.css';

/** How many documents of each search are compared. */
const k = 10;
const shownRows = 30;

/** Searches both indexes with the same questions: those of a dataset, or the latest questions to the collection. */
export function CompareIndexes({ name }: { readonly name: string }): ReactElement {
  const [dataset, setDataset] = useState('');
  const [found, setFound] = useState<ReindexComparison>();
  const action = useAction();
  const datasets = useGet('/api/datasets', {}, (reply) => reply.datasets);
  const compare = (): void =>
    action.run(async () => {
      setFound(undefined);
      setFound(
        dataset === ''
          ? await client.POST('/api/collections/{name}/reindex/compare', { params: { path: { name } }, body: { k } })
          : await client.POST('/api/datasets/{id}/index-comparisons', {
              params: { path: { id: dataset } },
              body: { collection: name, k },
            }),
      );
    });
  return (
    <div className="stack gap-8">
      <form
        className={styles['index-compare']}
        aria-label="Compare both indexes"
        onSubmit={(event) => {
          event.preventDefault();
          compare();
        }}
      >
        <SelectField
          title="Questions"
          value={dataset}
          choices={[
            ['', 'The latest questions asked here'],
            ...(datasets.value ?? []).map(({ id, name: title }) => [id, `Dataset ${title}`] as const),
          ]}
          onChange={(chosen) => {
            setFound(undefined);
            setDataset(chosen);
          }}
        />
        <button type="submit" className="button" disabled={action.isBusy}>
          {action.isBusy ? 'Asking both…' : 'Compare'}
        </button>
      </form>
      {action.error === undefined ? null : <Notice error={action.error} />}
      <p role="status">{found === undefined ? '' : comparisonText(found)}</p>
      {found === undefined ? null : <Comparison found={found} />}
    </div>
  );
}

function Comparison({ found }: { readonly found: ReindexComparison }): ReactElement {
  const { serving, other, differences = [], confusable, rows } = found;
  const changed = rows.filter((row) => row.serving.join('\n') !== row.other.join('\n'));
  return (
    <>
      <Table
        name="Comparison"
        columns={[
          'Figure',
          { number: 'Serving' },
          { number: 'New' },
          { number: 'Difference' },
          { number: '95 % interval' },
          'Verdict',
        ]}
      >
        {differences.map(({ metric, difference, interval, verdict }) => (
          <tr key={metric}>
            <th scope="row">
              {metricTitles[metric]}
              {metric === 'reciprocalRank' ? '' : `@${k}`}
            </th>
            <td className="number">{figureText(serving[metric], 'score')}</td>
            <td className="number">{figureText(other[metric], 'score')}</td>
            <td className="number">{differenceText(difference, 'score')}</td>
            <td className="number">{interval === undefined ? '' : intervalText(interval, 'score')}</td>
            <td data-verdict={verdict}>{verdictText[verdict]}</td>
          </tr>
        ))}
        {confusable === undefined ? null : (
          <tr>
            <th scope="row">
              Confusions@{k} ({countOf(confusable, 'question')})
            </th>
            <td className="number">{figureText(serving.confusions, 'check')}</td>
            <td className="number">{figureText(other.confusions, 'check')}</td>
            <td className="number">{differenceText((other.confusions ?? 0) - (serving.confusions ?? 0), 'check')}</td>
            <td />
            <td />
          </tr>
        )}
        <tr>
          <th scope="row">Time per question</th>
          <td className="number">{figureText(serving.ms, 'ms')}</td>
          <td className="number">{figureText(other.ms, 'ms')}</td>
          <td className="number">{differenceText(other.ms - serving.ms, 'ms')}</td>
          <td />
          <td />
        </tr>
      </Table>
      {changed.length === 0 ? null : (
        <details>
          <summary>
            {changed.length === 1 ? '1 question finds' : `${changed.length} questions find`} other documents, or another
            order
          </summary>
          <Table name="Questions with different results" columns={['Question', 'Serving', 'New']}>
            {changed.slice(0, shownRows).map((row, at) => (
              <tr key={at}>
                <th scope="row" dir="auto" className={styles['index-question']}>
                  {row.question}
                </th>
                <td>
                  <DocumentNames documents={row.serving} />
                </td>
                <td>
                  <DocumentNames documents={row.other} />
                </td>
              </tr>
            ))}
          </Table>
          {changed.length > shownRows ? <p className="quiet">The first {shownRows} are shown.</p> : null}
        </details>
      )}
    </>
  );
}

/** The names of the first documents, in order. */
function DocumentNames({ documents }: { readonly documents: readonly string[] }): ReactElement {
  if (documents.length === 0) return <span className="quiet">Nothing</span>;
  return (
    <ol className={styles['index-documents']}>
      {documents.slice(0, 5).map((document) => (
        <li key={document}>
          <bdi>{document}</bdi>
        </li>
      ))}
    </ol>
  );
}
