import type { ReplayRow, ReplayRowStatus } from '@heddle/core';
import { useCallback, useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useLoadedAnew } from '../../data/queries/use-loaded-anew.js';
import { Link } from '../../ui/navigation/Link.js';
import { runPath } from '../../ui/navigation/route.js';
import { WhenLoaded } from '../../ui/states/WhenLoaded.js';
import { SelectField } from '../../ui/fields/FormFields.js';
import { Table } from '../../ui/tables/Table.js';
import { Answers } from './Answers.js';

const states: readonly (readonly [string, string])[] = [
  ['changed,would-call,failed,suspended,left-out', 'Rows that changed'],
  ['would-call', 'Would call'],
  ['failed', 'Failed'],
  ['', 'All rows'],
];
const names: Readonly<Record<ReplayRowStatus, string>> = {
  waiting: 'waits',
  running: 'running',
  same: 'same answer',
  changed: 'changed',
  'would-call': 'would call',
  failed: 'failed',
  suspended: 'waits for a person',
  'left-out': 'left out',
};
const pageSize = 100;

/** The rows of a replay. An open row shows both answers, with links to its runs on the canvas. */
export function ReplayRows({ id, news }: { readonly id: string; readonly news: number }): ReactElement {
  const [status, setStatus] = useState(states[0]?.[0] ?? '');
  const [limit, setLimit] = useState(pageSize);
  const [open, setOpen] = useState<number>();
  const load = useCallback(
    async (signal: AbortSignal) => {
      const query = { limit, ...(status === '' ? {} : { status }) };
      return client.GET('/api/replays/{id}/rows', { params: { path: { id }, query }, signal });
    },
    [id, status, limit],
  );
  const { value, ...loaded } = useLoadedAnew(load, news);
  return (
    <section className="section" aria-label="Rows">
      <SelectField title="Show" value={status} choices={states} onChange={setStatus} />
      <WhenLoaded
        loaded={{ ...loaded, value: value?.rows }}
        empty={<p className="quiet">No row of this replay is in this list.</p>}
      >
        {(rows) => (
          <Table name="Rows" columns={['Row', 'Result', 'Recorded', 'Replay']} hasActions>
            {rows.map((row) => (
              <RowLine
                key={row.number}
                id={id}
                row={row}
                isOpen={open === row.number}
                onToggle={() => setOpen(open === row.number ? undefined : row.number)}
              />
            ))}
          </Table>
        )}
      </WhenLoaded>
      {value?.next === undefined ? null : (
        <button type="button" className="button" onClick={() => setLimit(Math.min(1_000, limit + pageSize))}>
          Show more
        </button>
      )}
    </section>
  );
}

function RowLine({
  id,
  row: { number, recorded, run, status, why },
  isOpen,
  onToggle,
}: {
  readonly id: string;
  readonly row: ReplayRow;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}): ReactElement {
  return (
    <>
      <tr>
        <th scope="row" className="figure">
          {number}
        </th>
        <td>
          {names[status]}
          {why === undefined ? null : <span className="quiet"> {why}</span>}
        </td>
        <td>
          <Link href={runPath(recorded)} aria-label={`Recorded run of row ${number}`}>
            Run
          </Link>
        </td>
        <td>
          {run === undefined ? null : (
            <Link href={runPath(run)} aria-label={`Replay of row ${number} on the canvas`}>
              Replay
            </Link>
          )}
        </td>
        <td className="cell-menu">
          <button type="button" className="button button-small" aria-expanded={isOpen} onClick={onToggle}>
            Answers
          </button>
        </td>
      </tr>
      {isOpen ? (
        <tr>
          <td colSpan={5}>
            <Answers id={id} number={number} />
          </td>
        </tr>
      ) : null}
    </>
  );
}
