import type { VersionGate } from '@heddle/core';
import type { ReactElement } from 'react';
import styles from './versions.module.css';

/** How a version came through the gate: who published past it and why, and what did not pass. */
export function GateOfVersion({
  gate: { state, rules, overriddenBy = '', reason },
  nameOf,
}: {
  readonly gate: VersionGate;
  readonly nameOf: (id: string) => string;
}): ReactElement {
  if (state === 'passed') return <span className="quiet">Passed the gate</span>;
  const open = rules.filter((rule) => rule.state !== 'passed').map(({ title }) => title);
  return (
    <>
      <span className={styles['version-note']} data-tip={reason}>
        <span className="badge">Past the gate</span> {nameOf(overriddenBy)}: {reason}
      </span>
      <span className="quiet">Did not pass: {open.join(', ')}</span>
    </>
  );
}
