import clsx from 'clsx';
import type { TriggerProblem } from '@heddle/core';
import type { ReactElement, ReactNode } from 'react';
import styles from './triggers.module.css';

/** The card of a webhook, schedule or batch with its facts, state, actions and details. */
export function TriggerCard({
  name,
  state,
  tone,
  actions,
  children,
}: {
  readonly name: string;
  readonly state: string;
  readonly tone: 'on' | 'done' | 'resting' | 'bad';
  readonly actions: ReactNode;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <li className={clsx(styles['trigger'], 'boxed-surface stack')} aria-label={name} data-tone={tone}>
      <header className={clsx(styles['trigger-head'], 'aligned-wrapped')}>
        <h3>{name}</h3>
        <span className={clsx(styles['trigger-state'], 'aligned-inline')}>
          <span className={styles['trigger-dot']} aria-hidden />
          {state}
        </span>
        <span className={styles['trigger-actions']}>{actions}</span>
      </header>
      {children}
    </li>
  );
}

/** Why a trigger cannot start a run now. Renders nothing if it can. */
export function TriggerProblems({ problems }: { readonly problems: readonly TriggerProblem[] }): ReactElement | null {
  if (problems.length === 0) return null;
  return (
    <div className={styles['trigger-error']}>
      <p>It cannot start a run now:</p>
      <ul>
        {problems.map(({ code, input = '', message }) => (
          <li key={`${code} ${input}`}>{message}</li>
        ))}
      </ul>
    </div>
  );
}

/** The facts about a trigger, each with its name. */
export function TriggerFacts({
  facts,
}: {
  readonly facts: readonly (readonly [string, ReactNode] | undefined)[];
}): ReactElement {
  return (
    <dl className={clsx(styles['trigger-facts'], 'wrapped')}>
      {facts
        .filter((fact) => fact !== undefined)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
