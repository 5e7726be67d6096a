import type { AlertReply } from '@heddle/core';
import { useState, type ReactElement } from 'react';
import { client } from '../../data/api/client.js';
import { useAction } from '../../data/queries/use-action.js';
import { formatDuration } from '../../ui/format/format-duration.js';
import { formatCount } from '../../ui/format/format-money.js';
import { IfMay } from '../../ui/states/IfMay.js';
import { Notice } from '../../ui/states/Notice.js';
import { AlertHistory } from './AlertHistory.js';
import { burning, watched } from './alert-form.js';
import styles from './alerts.module.css';
import { RemoveButton } from '../../ui/buttons/RemoveButton.js';

const states: Readonly<Record<AlertReply['state']['status'], string>> = {
  ok: 'OK',
  pending: 'Waiting',
  firing: 'Firing',
};

/** An alert in the list: its state, its figure, and its actions. */
export function AlertRow({
  alert,
  isShown,
  workflow,
  channelName,
  onEdit,
  onRemove,
  onChanged,
}: {
  readonly alert: AlertReply;
  readonly isShown: boolean;
  readonly workflow: string | undefined;
  readonly channelName: (id: string) => string;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
  readonly onChanged: () => void;
}): ReactElement {
  const [isOpen, setOpen] = useState(isShown);
  const silence = useAction();
  const { id, name, severity, state, silentUntil, isEnabled } = alert;
  const keepSilent = (minutes: number): void =>
    silence.run(async () => {
      await client.POST('/api/alerts/{id}/silence', { params: { path: { id } }, body: { minutes, reason: '' } });
      onChanged();
    });
  return (
    <li className={styles['alert-row']}>
      <div className="stack gap-4">
        <p className="row-title">
          <span className={styles['alert-state']} data-status={isEnabled ? state.status : 'off'}>
            {isEnabled ? states[state.status] : 'Off'}
          </span>{' '}
          {name} <span className="badge">{severity}</span>
        </p>
        <p className="quiet">
          {conditionText(alert)}
          {workflow === undefined ? '' : `; ${workflow}`}
          {silentUntil === undefined ? '' : `; silent until ${new Date(silentUntil).toLocaleString()}`}
        </p>
        {state.error === undefined ? null : <p className="failed-text">{state.error}</p>}
        {silence.error === undefined ? null : <Notice error={silence.error} />}
      </div>
      <div className="aligned-wrapped">
        <button type="button" className="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          History<span className="visually-hidden"> of {name}</span>
        </button>
        <IfMay permission="workflow:publish">
          <button
            type="button"
            className="button"
            disabled={silence.isBusy}
            onClick={() => keepSilent(silentUntil === undefined ? 240 : 0)}
          >
            {silentUntil === undefined ? 'Silence for 4 hours' : 'End silence'}
            <span className="visually-hidden">: {name}</span>
          </button>
          <button type="button" className="button" onClick={onEdit} aria-label={`Edit ${name}`}>
            Edit
          </button>
          <RemoveButton label={`Remove ${name}`} onClick={onRemove} />
        </IfMay>
      </div>
      {isOpen ? (
        <div className={styles['alert-open']}>
          <AlertHistory alert={id} channelName={channelName} />
        </div>
      ) : null}
    </li>
  );
}

/** Describes the condition and the figure at the last check. */
function conditionText({ condition, currency, state: { value } }: AlertReply): string {
  if (condition.kind === 'burn-rate') {
    const title = burning.find(([id]) => id === condition.metric)?.[1] ?? condition.metric;
    const now = value === undefined ? 'not measured' : `${formatCount(value)} times the allowed rate`;
    return `Burn rate of ${title.toLowerCase()}: ${now}`;
  }
  const { metric, score, is, value: limit, windowMinutes } = condition;
  const { title, unit } = watched.find(({ id }) => id === metric) ?? { title: metric, unit: '' as const };
  const text = (figure: number): string => {
    if (unit === '%') return `${Math.round(figure * 1_000) / 10} %`;
    if (unit === 's') return formatDuration(figure);
    return unit === 'money' ? `${formatCount(figure)} ${currency}` : formatCount(figure);
  };
  return `${title}${score === undefined ? '' : ` (${score})`} ${is} ${text(limit)} in ${formatDuration(windowMinutes * 60_000)}; now ${value === undefined ? 'not measured' : text(value)}`;
}
