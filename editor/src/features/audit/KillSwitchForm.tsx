import clsx from 'clsx';
import { OctagonX } from 'lucide-react';
import { useState, type ReactElement } from 'react';
import { readKillSwitches } from '../../data/queries/kill-switches-store.js';
import { client } from '../../data/api/client.js';
import { useGet } from '../../data/queries/use-get.js';
import { Notice } from '../../ui/states/Notice.js';
import { SelectField, TextField } from '../../ui/fields/FormFields.js';
import { useAction } from '../../data/queries/use-action.js';
import type { KnownWorkflows } from '../../data/queries/use-workflows.js';
import { killSwitchTarget, type KillSwitchKind } from './kill-switch-target.js';
import styles from './audit.module.css';

const kinds = [
  ['workflow', 'A workflow'],
  ['connection', 'A connection'],
  ['tool', 'A tool'],
  ['all', 'Everything'],
] as const satisfies readonly (readonly [KillSwitchKind, string])[];

/** Sets a kill switch. It does not ask for a confirmation, because that costs time in an emergency, and a kill switch can be released. */
export function KillSwitchForm({
  workflows,
  asked,
  onStopped,
}: {
  readonly workflows: KnownWorkflows['choices'];
  /** The workflow in the address. */
  readonly asked: string | undefined;
  readonly onStopped: (text: string) => void;
}): ReactElement {
  const connections = useGet('/api/connections', {}, ({ connections }) => connections);
  const [kind, setKind] = useState<KillSwitchKind>('workflow');
  const [names, setNames] = useState<Readonly<Partial<Record<KillSwitchKind, string>>>>({});
  const [reason, setReason] = useState('');
  const action = useAction();
  const name = names[kind] ?? (kind === 'workflow' ? (asked ?? '') : '');
  const target = killSwitchTarget(kind, name);
  const choose = (value: string): void => setNames({ ...names, [kind]: value });
  return (
    <form
      className={clsx(styles['kill-switch-form'], 'boxed-surface')}
      aria-labelledby="new-kill-switch"
      onSubmit={(event) => {
        event.preventDefault();
        if (target === undefined) return;
        action.run(async () => {
          const { runs, warnings = [] } = await client.PUT('/api/kill-switches/{target}', {
            params: { path: { target } },
            body: { reason: reason.trim() },
          });
          await readKillSwitches();
          setReason('');
          const held = runs === 0 ? 'No run was affected.' : `${runs === 1 ? '1 run is' : `${runs} runs are`} paused.`;
          onStopped(['The kill switch is on.', held, ...warnings].join(' '));
        });
      }}
    >
      <h2 id="new-kill-switch">Stop</h2>
      <div className="field-pair">
        <SelectField title="Target" value={kind} choices={kinds} onChange={setKind} />
        {kind === 'workflow' ? (
          <SelectField title="Workflow" value={name} choices={[['', 'Select'], ...workflows]} onChange={choose} />
        ) : kind === 'connection' ? (
          <SelectField
            title="Connection"
            value={name}
            choices={[['', 'Select'], ...(connections.value ?? []).map(({ id, title }) => [id, title] as const)]}
            onChange={choose}
          />
        ) : kind === 'tool' ? (
          <TextField title="Tool name" value={name} onChange={choose} />
        ) : null}
      </div>
      <TextField
        title="Reason"
        value={reason}
        onChange={setReason}
        isRequired
        help="Shown to everyone who is affected, and in the audit log."
      />
      {action.error === undefined ? null : <Notice error={action.error} />}
      <button
        type="submit"
        className={clsx('button', styles['button-stop'])}
        disabled={action.isBusy || target === undefined || reason.trim() === ''}
      >
        <OctagonX size={15} aria-hidden /> {kind === 'all' ? 'Stop everything' : 'Stop'}
      </button>
    </form>
  );
}
