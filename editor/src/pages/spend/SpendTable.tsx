import { useCallback, type ReactElement } from 'react';
import type { SpendReply } from '@heddle/core';
import { portfolio } from '../../api/portfolio.js';
import { formatDuration } from '../../format/format-duration.js';
import { formatCount } from '../../format/format-money.js';
import { Notice } from '../../frame/Notice.js';
import { useLoaded } from '../home/use-loaded.js';
import { moneyWords, spendLines } from './spend-series.js';

export type Grouping = Exclude<SpendReply['by'], 'day'>;

export const groupings: readonly (readonly [Grouping, string])[] = [
  ['model', 'Model'],
  ['workflow', 'Workflow'],
  ['connection', 'Connection'],
  ['key', 'Key'],
];

const nameless: Readonly<Record<Grouping, string>> = {
  model: 'Unknown',
  workflow: 'Outside of workflows',
  connection: 'This machine',
  key: 'Without a key: editor, command line',
};

/** What calls took, by what they were made with or for. */
export function SpendTable({
  by,
  span,
  names,
}: {
  readonly by: Grouping;
  readonly span: { readonly from: number; readonly to: number };
  /** Names that people know, by id. */
  readonly names: ReadonlyMap<string, string>;
}): ReactElement {
  const { from, to } = span;
  const load = useCallback((signal: AbortSignal) => portfolio.spend(by, from, to, signal), [by, from, to]);
  const { value, error, again } = useLoaded(load);
  if (value?.by !== by)
    return error === undefined ? (
      <p className="quiet">Loading…</p>
    ) : (
      <Notice error={error} action={{ name: 'Try again', run: again }} />
    );
  const lines = spendLines(value.rows);
  return (
    <div className="table-frame" tabIndex={0} role="region" aria-label={`Spend by ${by}`}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{groupings.find(([id]) => id === by)?.[1]}</th>
            <th scope="col" className="number">
              Money
            </th>
            <th scope="col" className="number">
              Calls
            </th>
            <th scope="col" className="number">
              Failed
            </th>
            <th scope="col" className="number">
              Tokens read
            </th>
            <th scope="col" className="number">
              Tokens written
            </th>
            <th scope="col" className="number">
              Time
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.name}>
              <th scope="row" className={by === 'model' && line.name !== '' ? 'mono' : undefined}>
                {line.name === '' ? nameless[by] : (names.get(line.name) ?? line.name)}
              </th>
              <td className="number">{moneyWords(line.money)}</td>
              <td className="number">{formatCount(line.calls)}</td>
              <td className="number">{line.failed === 0 ? '' : formatCount(line.failed)}</td>
              <td className="number">{formatCount(line.inputTokens)}</td>
              <td className="number">{formatCount(line.outputTokens)}</td>
              <td className="number">{formatDuration(line.seconds * 1000)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
