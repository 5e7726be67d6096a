import clsx from 'clsx';
import { errorCodes, isErrorCode } from '@heddle/core';
import type { ReactElement } from 'react';
import { formatMoney } from '../../ui/format/format-money.js';
import type { PathRecord } from '../run/index.js';
import { ValueView } from '../../ui/values/ValueView.js';
import { CacheDetails, FallbackDetails, ModerateDetails, RedactDetails, RouteDetails } from './read-details.js';
import { RouteTable } from './RouteTable.js';
import styles from './executions.module.css';

/** The details of a decision, formatted by its kind. Unknown kinds are shown as raw data. */
export function DecisionDetail({
  decision: { kind, details },
}: {
  readonly decision: Extract<PathRecord, { type: 'node-decision' }>;
}): ReactElement | null {
  if (details === undefined || Object.keys(details).length === 0) return null;
  switch (kind) {
    case 'route': {
      const read = RouteDetails.safeParse(details);
      return read.success ? <RouteTable details={read.data} /> : <Plain details={details} />;
    }
    case 'fallback': {
      const read = FallbackDetails.safeParse(details);
      if (!read.success) return <Plain details={details} />;
      return (
        <ol className={styles['attempts']}>
          {read.data.tried.map(({ model, error }) => (
            <li key={model}>
              <span className="row-dot" data-status="failed" /> <span className="mono">{model}</span>{' '}
              <span className="quiet">{isErrorCode(error) ? errorCodes[error].title : error}</span>
            </li>
          ))}
          <li>
            <span className="row-dot" data-status="done" /> <span className="mono">{read.data.model}</span>{' '}
            <span className="quiet">answered</span>
          </li>
        </ol>
      );
    }
    case 'moderate': {
      const read = ModerateDetails.safeParse(details);
      if (!read.success) return <Plain details={details} />;
      return read.data.found.length === 0 ? null : (
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Category</th>
              <th scope="col">Judge</th>
              <th scope="col" className="number">
                Score
              </th>
              <th scope="col">Done</th>
            </tr>
          </thead>
          <tbody>
            {read.data.found.map(({ category, judge, score, action }, index) => (
              <tr key={index}>
                <td>{category}</td>
                <td>{judge}</td>
                <td className="number">{score === undefined ? '' : score.toFixed(2)}</td>
                <td>{actionText[action ?? ''] ?? action}</td>
              </tr>
            ))}
          </tbody>
        </table>
      );
    }
    case 'redact': {
      const read = RedactDetails.safeParse(details);
      if (!read.success) return <Plain details={details} />;
      return (
        <ul className={clsx(styles['counts'], 'wrapped')}>
          {Object.entries(read.data).map(([name, count]) => (
            <li key={name}>
              <strong className="figure">{count}</strong> {name}
            </li>
          ))}
        </ul>
      );
    }
    case 'cache': {
      const read = CacheDetails.safeParse(details);
      if (!read.success) return <Plain details={details} />;
      const { savedCost, currency = 'USD', similarity, storedAt, scope, above } = read.data;
      const text = [
        savedCost === undefined ? '' : `saved ${formatMoney(savedCost, currency)}`,
        similarity === undefined ? '' : `${Math.round(similarity * 100)} % similar`,
        storedAt === undefined ? '' : `kept since ${new Date(storedAt).toLocaleString()}`,
        above === undefined ? '' : `name ${above}`,
        scope === undefined || scope === '' ? '' : `scope ${scope}`,
      ].filter((word) => word !== '');
      return <p className="quiet figure">{text.join(' · ')}</p>;
    }
    case 'ground':
    case 'memory':
      return null;
    default:
      return <Plain details={details} />;
  }
}

const actionText: Readonly<Record<string, string>> = {
  block: 'stopped',
  route: 'stopped, continued at blocked',
  redact: 'left out',
  flag: 'noted',
  ask: 'human input requested',
};

function Plain({ details }: { readonly details: Readonly<Record<string, unknown>> }): ReactElement {
  return (
    <details className={styles['decision-data']}>
      <summary>Data</summary>
      <ValueView value={{ value: details, label: { level: 'internal', marks: [] } }} />
    </details>
  );
}
