import type { ClusterProcess } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { useKnownMay } from '../../data/access/me-store.js';
import { client } from '../../data/api/client.js';
import { RowButton } from '../../ui/buttons/RowButton.js';
import { Confirm } from '../../ui/dialogs/Confirm.js';
import { formatAgo } from '../../ui/format/format-time.js';
import { useNow } from '../../ui/format/use-now.js';
import { Table } from '../../ui/tables/Table.js';
import { partsOfName, roleText, stateDot, stateText } from './cluster-text.js';
import styles from './cluster.module.css';

/** A process and the state that the user wants for it. */
interface Wanted {
  readonly process: ClusterProcess;
  readonly drains: boolean;
}

/** The processes. Each one that takes runs can be drained, and then take runs again. */
export function ProcessTable({
  processes,
  isShared,
  onChange,
}: {
  readonly processes: readonly ClusterProcess[];
  readonly isShared: boolean;
  readonly onChange: () => void;
}): ReactElement {
  const mayDrain = useKnownMay('process:drain') === true && isShared;
  const [wanted, setWanted] = useState<Wanted>();
  const columns = ['Process', 'Does', 'State', { number: 'Runs' }, 'Has', 'Version'] as const;
  return (
    <>
      <Table name="Processes" columns={columns} hasActions={mayDrain} folds>
        {processes.map((process) => (
          <ProcessRow key={process.id} process={process} mayDrain={mayDrain} onWant={setWanted} />
        ))}
      </Table>
      {wanted === undefined ? null : (
        <ConfirmDrain
          wanted={wanted}
          isLast={processes.every(
            ({ id, state, slots }) => id === wanted.process.id || state !== 'ready' || slots === 0,
          )}
          onClose={() => setWanted(undefined)}
          onChange={onChange}
        />
      )}
    </>
  );
}

function ProcessRow({
  process,
  mayDrain,
  onWant,
}: {
  readonly process: ClusterProcess;
  readonly mayDrain: boolean;
  readonly onWant: (wanted: Wanted) => void;
}): ReactElement {
  const now = useNow(false);
  const { name, role, state, runs, slots, classes, capabilities, version, startedAt } = process;
  const { host, folder } = partsOfName(name);
  const has = [...classes, ...capabilities];
  const drains = state !== 'draining';
  return (
    <tr>
      <th scope="row">
        {host}
        <span className={styles['under']}>{folder}</span>
      </th>
      <td>{roleText[role]}</td>
      <td className={styles['state']}>
        <span className="row-dot" data-status={stateDot[state]} /> {stateText(process)}
      </td>
      <td className="number">{slots === 0 ? '' : `${runs} of ${slots}`}</td>
      <td>
        <span className={styles['has']} data-tip={has.join(', ')}>
          {has.join(', ')}
        </span>
      </td>
      <td>
        <span className="mono">{version}</span>
        <span className={styles['under']}>started {formatAgo(startedAt, now)}</span>
      </td>
      {mayDrain ? (
        <td className="cell-menu">
          {slots === 0 || state === 'silent' ? null : (
            <RowButton title={drains ? 'Drain' : 'Take runs'} what={name} run={() => onWant({ process, drains })} />
          )}
        </td>
      ) : null}
    </tr>
  );
}

function ConfirmDrain({
  wanted: { process, drains },
  isLast,
  onClose,
  onChange,
}: {
  readonly wanted: Wanted;
  /** Whether no other process takes runs. */
  readonly isLast: boolean;
  readonly onClose: () => void;
  readonly onChange: () => void;
}): ReactElement {
  const { name } = process;
  const params = { params: { path: { id: process.id } } };
  return (
    <Confirm
      title={drains ? `Drain ${name}?` : `Let ${name} take runs again?`}
      verb={drains ? 'Drain' : 'Take runs'}
      isHarmless
      onClose={onClose}
      onConfirm={async () => {
        if (drains) await client.POST('/api/cluster/processes/{id}/drain', params);
        else await client.DELETE('/api/cluster/processes/{id}/drain', params);
        onClose();
        onChange();
      }}
    >
      <p>
        {drains
          ? 'It takes no more runs. Short work ends; the runs that are left go to other processes, and nothing is computed twice. It still answers requests.'
          : 'It takes runs as soon as it has a free slot.'}
      </p>
      {drains && isLast ? <p className="field-error">No other process takes runs: they wait until one does.</p> : null}
    </Confirm>
  );
}
