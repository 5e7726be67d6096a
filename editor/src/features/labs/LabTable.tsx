import type { Lab, LabScore } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { useMay } from '../../data/access/me-store.js';
import { differenceText, figureText, intervalText, verdictText } from '../../ui/format/figure-text.js';
import { Table } from '../../ui/tables/Table.js';
import { describeSplitter } from '../collections/index.js';
import { costText, indexText, metricText, searchText, stateText } from './lab-text.js';
import styles from './labs.module.css';

const pageSize = 50;

/** All configurations. Those that have ended come first, the best one on top. */
export function LabTable({
  lab,
  onApply,
}: {
  readonly lab: Lab;
  readonly onApply: (score: LabScore) => void;
}): ReactElement {
  const [shown, setShown] = useState(pageSize);
  const mayApply = useMay('collection:write');
  const { metric } = lab.request;
  const hasConfusions = lab.report.configurations.some(({ confusions }) => confusions !== undefined);
  const hasCost = lab.report.configurations.some(({ cost }) => cost !== undefined);
  const sorted = lab.report.configurations.toSorted((one, other) => rankOf(other, metric) - rankOf(one, metric));
  return (
    <>
      <Table
        name="Configurations"
        className={styles['lab-table']}
        hasActions={mayApply}
        columns={[
          { number: 'No.' },
          'Index',
          'Search',
          { number: metricText(lab.request) },
          { number: 'Difference' },
          { number: '95 % interval' },
          'Verdict',
          ...(hasConfusions ? [{ number: `Confusions@${lab.request.k}` }] : []),
          { number: 'Time' },
          ...(hasCost ? [{ number: '1,000 questions' }] : []),
          { number: 'Passages' },
          'State',
        ]}
      >
        {sorted.slice(0, shown).map((score) => (
          <Row
            key={score.number}
            lab={lab}
            shows={{ hasCost, hasConfusions }}
            score={score}
            onApply={mayApply ? onApply : undefined}
          />
        ))}
      </Table>
      {sorted.length > shown ? (
        <button type="button" className="button show-more" onClick={() => setShown((before) => before + pageSize)}>
          Show more of {sorted.length} configurations
        </button>
      ) : null}
    </>
  );
}

/** Orders configurations by status before their mean: a mean over only some of the questions ranks below one over all. */
const rankOf = ({ status, means }: LabScore, metric: Lab['request']['metric']): number =>
  ({ done: 4, running: 3, waiting: 2, stopped: 0 })[status] + (means?.[metric] ?? 0);

function Row({
  lab,
  shows: { hasCost, hasConfusions },
  score,
  onApply,
}: {
  readonly lab: Lab;
  readonly shows: { readonly hasCost: boolean; readonly hasConfusions: boolean };
  readonly score: LabScore;
  readonly onApply: ((score: LabScore) => void) | undefined;
}): ReactElement {
  const { number, index, search, means, confusions, searchMs, passages, status } = score;
  const [now] = lab.report.configurations;
  const found = lab.report.comparisons?.find((one) => one.number === number);
  return (
    <tr data-state={status}>
      <td className="number">{number}</td>
      <th scope="row" className={styles['lab-index']}>
        {number === 1 || now === undefined ? (
          <>
            <strong>As it is:</strong> <bdi>{index.embedding}</bdi>, {describeSplitter(index.splitter)}
          </>
        ) : (
          indexText(index, now.index)
        )}
      </th>
      <td className={styles['lab-search']}>{searchText(search)}</td>
      <td className="number">{figureText(means?.[lab.request.metric], 'score')}</td>
      <td className="number">{found === undefined ? '' : differenceText(found.difference, 'score')}</td>
      <td className="number">{found?.interval === undefined ? '' : intervalText(found.interval, 'score')}</td>
      <td data-verdict={found?.verdict}>
        {found === undefined ? (number === 1 ? 'Baseline' : '') : verdictText[found.verdict]}
      </td>
      {hasConfusions ? <td className="number">{figureText(confusions?.share, 'check')}</td> : null}
      <td className="number">{figureText(searchMs, 'ms')}</td>
      {hasCost ? <td className="number">{costText(score)}</td> : null}
      <td className="number">{passages?.toLocaleString() ?? ''}</td>
      <td className={styles['lab-state']}>{stateText(score, lab)}</td>
      {onApply === undefined ? null : (
        <td>
          {number === 1 || status !== 'done' ? null : (
            <button
              type="button"
              className="button button-small"
              aria-label={`Apply number ${number}`}
              onClick={() => onApply(score)}
            >
              Apply
            </button>
          )}
        </td>
      )}
    </tr>
  );
}
