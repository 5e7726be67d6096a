import type { MetricInfo, MonitorSeriesReply, ScoreSeries } from '@heddle/core';
import type { ReactElement } from 'react';
import { formatCost } from '../../ui/format/format-cost.js';
import { formatDuration } from '../../ui/format/format-duration.js';
import { formatCount } from '../../ui/format/format-money.js';
import { Table } from '../../ui/tables/Table.js';
import { Sparkline } from './Sparkline.js';
import styles from './monitors.module.css';

function meanText(mean: number | null, unit: MetricInfo['unit'] | undefined): string {
  if (mean === null) return '';
  if (unit === 'ms') return formatDuration(mean);
  if (unit === 'USD') return formatCost(mean);
  return unit === 'tokens' ? formatCount(mean) : String(Math.round(mean * 1_000) / 1_000);
}

const passedText = ({ total: { passed } }: ScoreSeries): string =>
  passed === null ? '' : `${Math.round(passed * 1_000) / 10} %`;

/** Means and shares by metric and version, with a chart of the last 30 days. */
export function ScoreTable({
  reply: { series, from, to },
  metrics,
}: {
  readonly reply: MonitorSeriesReply;
  readonly metrics: readonly MetricInfo[];
}): ReactElement {
  return (
    <Table
      name="Scores by metric and version"
      columns={['Metric', 'Version', { number: 'Runs' }, { number: 'Mean' }, { number: 'Passed' }, 'Last 30 days']}
    >
      {series.map((one) => {
        const info = metrics.find(({ name }) => name === one.metric);
        return (
          <tr key={`${one.metric} ${one.version}`}>
            <th scope="row" className={styles['monitor-metric']}>
              {info?.title ?? one.metric}
            </th>
            <td>{one.version === 0 ? 'Draft' : one.version}</td>
            <td className="number">{formatCount(one.total.scores)}</td>
            <td className="number">{meanText(one.total.mean, info?.unit)}</td>
            <td className="number">{passedText(one)}</td>
            <td>
              <Sparkline points={one.points} from={from} to={to} />
            </td>
          </tr>
        );
      })}
    </Table>
  );
}
