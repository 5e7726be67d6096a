import { isAtMost, type BatchPreview, type LabelLevel } from '@heddle/core';
import type { ReactElement } from 'react';
import { Table } from '../../kit/Table.js';
import { problemLines } from './batch-words.js';

/** What would run: the first rows as the workflow gets them, and which rows do not fit. */
export function BatchCheck({
  preview: { rows, bad, first, problems, inputs, version, level },
  ceiling,
}: {
  readonly preview: BatchPreview;
  readonly ceiling: LabelLevel;
}): ReactElement {
  const names = inputs.map(({ name }) => name);
  return (
    <>
      <p role="status">
        {rows.toLocaleString('en')} {rows === 1 ? 'row' : 'rows'} for version {version}.{' '}
        {bad === 0 ? (
          'All of them fit.'
        ) : (
          <strong className="batch-bad">
            {badWords(rows, bad)}: nothing runs until {rows === 1 ? 'it does' : 'they do'}.
          </strong>
        )}
      </p>
      {bad === 0 ? null : (
        <ul className="check-lines" aria-label="Rows that do not fit">
          {problemLines(problems).map(({ rows: which, message }) => (
            <li key={message} data-severity="error">
              <span className="figure">{which}:</span> {message}
            </li>
          ))}
          {bad > problems.length ? <li>and {(bad - problems.length).toLocaleString('en')} more rows</li> : null}
        </ul>
      )}
      <Table name="The first rows" columns={['Row', ...names]}>
        {first.map(({ row, inputs: values }) => (
          <tr key={row}>
            <td className="figure">{row}</td>
            {names.map((name) => (
              <td key={name} className="batch-cell">
                {cellOf(values[name])}
              </td>
            ))}
          </tr>
        ))}
      </Table>
      {isAtMost(level, ceiling) ? null : (
        <p className="schedule-note">
          Outputs can be {level}: rows above {ceiling} come into the download without them.
        </p>
      )}
    </>
  );
}

function badWords(rows: number, bad: number): string {
  if (bad === rows) return rows === 1 ? 'It does not fit' : 'None of them fits';
  return bad === 1 ? 'One of them does not fit' : `${bad.toLocaleString('en')} of them do not fit`;
}

const cellOf = (value: unknown): string =>
  value === undefined ? '' : typeof value === 'string' ? value.slice(0, 300) : JSON.stringify(value).slice(0, 300);
