import type { VersionGate } from '@heddle/core';
import type { ReactElement } from 'react';
import styles from './versions.module.css';

/** The result of the gate for a version. If it failed, shows who published the version anyway and why, and which rules failed. */
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
