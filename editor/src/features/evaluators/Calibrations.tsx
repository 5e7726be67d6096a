import type { TryEvaluatorsReply } from '@heddle/core';
import type { ReactElement } from 'react';
import { Table } from '../../ui/tables/Table.js';

type Of = TryEvaluatorsReply['calibrations'];

/**
 * How far each LLM judge agrees with people, by the name of its metric. Each can be opened to show the table of answers. Renders nothing
 * without judges.
 */
export function Calibrations({ of }: { readonly of: Of }): ReactElement {
  return (
    <>
      {Object.entries(of).map(([name, calibration]) =>
        calibration.rows > 0 ? (
          <details key={name} className="field-help">
            <summary>
              {name}: {calibration.summary}
            </summary>
            <Confusion name={name} calibration={calibration} />
          </details>
        ) : (
          <p key={name} className="field-help">
            {name}: {calibration.summary}
          </p>
        ),
      )}
    </>
  );
}

const percent = (level: number): string => `${Math.round(level * 100)} %`;

/** The confusion table: rows are the judge's levels, columns those of people. */
function Confusion({
  name,
  calibration: { levels, table },
}: {
  readonly name: string;
  readonly calibration: Of[string];
}): ReactElement {
  return (
    <Table
      name={`Answers by what ${name} and people said`}
      columns={[name, ...levels.map((level) => ({ number: `People: ${percent(level)}` }))]}
    >
      {levels.map((level, at) => (
        <tr key={level}>
          <th scope="row">{percent(level)}</th>
          {(table[at] ?? []).map((count, column) => (
            <td key={levels[column]} className="number figure">
              {count}
            </td>
          ))}
        </tr>
      ))}
    </Table>
  );
}
