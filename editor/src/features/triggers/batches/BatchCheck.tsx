import { isAtMost, type BatchPreview, type LabelLevel } from '@heddle/core';
import type { ReactElement } from 'react';
import { Table } from '../../../ui/tables/Table.js';
import { problemLines } from './batch-text.js';
import batchesStyles from './batches.module.css';
import triggersStyles from '../triggers.module.css';

/** A preview of a batch: the first rows as the workflow gets them, and the invalid rows. */
export function BatchCheck({
  preview: { rows, bad, first, problems, inputs, version, level },
  clearance,
}: {
  readonly preview: BatchPreview;
  readonly clearance: LabelLevel;
}): ReactElement {
  const names = inputs.map(({ name }) => name);
  return (
    <>
      <p role="status">
        {rows.toLocaleString('en')} {rows === 1 ? 'row' : 'rows'} for version {version}.{' '}
        {bad === 0 ? (
          'All rows are valid.'
        ) : (
          <strong className="failed-text">
            {badText(rows, bad)}. The batch cannot start until {rows === 1 ? 'it is corrected' : 'they are corrected'}.
          </strong>
        )}
      </p>
      {bad === 0 ? null : (
        <ul className="check-lines grid gap-6" aria-label="Invalid rows">
          {problemLines(problems).map(({ rows: which, message }) => (
            <li key={message} data-severity="error">
              <span className="figure">{which}:</span> {message}
            </li>
          ))}
          {bad > problems.length ? <li>and {(bad - problems.length).toLocaleString('en')} more rows</li> : null}
        </ul>
      )}
      <Table name="First rows" columns={['Row', ...names]}>
        {first.map(({ row, inputs: values }) => (
          <tr key={row}>
            <td className="figure">{row}</td>
            {names.map((name) => (
              <td key={name} className={batchesStyles['batch-cell']}>
                {cellOf(values[name])}
              </td>
            ))}
          </tr>
        ))}
      </Table>
      {isAtMost(level, clearance) ? null : (
        <p className={triggersStyles['schedule-note']}>
          Outputs can be {level}. Rows above {clearance} are in the download without their outputs.
        </p>
      )}
    </>
  );
}

function badText(rows: number, bad: number): string {
  if (bad === rows) return rows === 1 ? 'It is not valid' : 'None of the rows is valid';
  return bad === 1 ? '1 row is not valid' : `${bad.toLocaleString('en')} rows are not valid`;
}

const cellOf = (value: unknown): string =>
  value === undefined ? '' : typeof value === 'string' ? value.slice(0, 300) : JSON.stringify(value).slice(0, 300);
