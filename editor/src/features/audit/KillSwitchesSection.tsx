import clsx from 'clsx';
import { OctagonX } from 'lucide-react';
import type { KillSwitch } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { useMay, useNames } from '../../data/access/me-store.js';
import {
  readKillSwitches,
  useKillSwitches,
  useKillSwitchesRead,
  useTargetText,
} from '../../data/queries/kill-switches-store.js';
import { client } from '../../data/api/client.js';
import { Notice } from '../../ui/states/Notice.js';
import { EmptyState } from '../../ui/states/EmptyState.js';
import { useAddress } from '../../ui/navigation/route.js';
import { useAction } from '../../data/queries/use-action.js';
import { useWorkflows } from '../../data/queries/use-workflows.js';
import { KillSwitchForm } from './KillSwitchForm.js';
import styles from './audit.module.css';

/** Lists the kill switches: what they stop, who set them and why. They can be set and released here. */
export function KillSwitchesSection(): ReactElement {
  useKillSwitchesRead();
  const killSwitches = useKillSwitches();
  const workflows = useWorkflows();
  const mayStop = useMay('kill-switch:set');
  const address = useAddress();
  const asked = new URLSearchParams(address.split('?')[1]).get('workflow') ?? undefined;
  const [said, setSaid] = useState('');
  const textOf = useTargetText();
  return (
    <>
      <p className="quiet measure">
        A kill switch works within a second and survives a restart: new runs of its target are refused, running ones are
        paused, and no call of a stopped model, connection or tool goes out. Nothing is lost. When it is released,
        paused runs continue. The audit log records both.
      </p>
      <p role="status">{said}</p>
      {killSwitches.length === 0 ? (
        <EmptyState Icon={OctagonX}>No kill switch is on. Everything may run.</EmptyState>
      ) : (
        <ul className="grid gap-10">
          {killSwitches.map((stop) => (
            <KillSwitchRow
              key={stop.target}
              stop={stop}
              title={textOf(stop.target)}
              isAllowed={mayStop}
              onReleased={setSaid}
            />
          ))}
        </ul>
      )}
      {mayStop ? (
        <KillSwitchForm workflows={workflows.choices} asked={asked} onStopped={setSaid} />
      ) : (
        <p className="quiet">Setting and releasing kill switches needs the role owner.</p>
      )}
    </>
  );
}

function KillSwitchRow({
  stop: { target, reason, who, time },
  title,
  isAllowed,
  onReleased,
}: {
  readonly stop: KillSwitch;
  readonly title: string;
  readonly isAllowed: boolean;
  readonly onReleased: (text: string) => void;
}): ReactElement {
  const nameOf = useNames();
  const action = useAction();
  return (
    <li className={clsx(styles['stop'], 'aligned-wrapped')}>
      <div className="row-main">
        <strong>{title}</strong>
        <span>{reason}</span>
        <span className="quiet">
          Set by {nameOf(who)}, {new Date(time).toLocaleString()}
        </span>
      </div>
      {isAllowed ? (
        <button
          type="button"
          className="button"
          disabled={action.isBusy}
          onClick={() =>
            action.run(async () => {
              const { runs } = await client.DELETE('/api/kill-switches/{target}', { params: { path: { target } } });
              await readKillSwitches();
              onReleased(
                `${title} is released${runs === 0 ? '' : `, and ${runs === 1 ? '1 paused run continues' : `${runs} paused runs continue`}`}.`,
              );
            })
          }
        >
          Release<span className="visually-hidden"> {title}</span>
        </button>
      ) : null}
      {action.error === undefined ? null : <Notice error={action.error} />}
    </li>
  );
}
