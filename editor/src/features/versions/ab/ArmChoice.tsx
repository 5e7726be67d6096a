import clsx from 'clsx';
import type { ReactElement } from 'react';
import { mostArms } from '@heddle/core';
import { ShareBar, type ArmPercent } from './ShareBar.js';
import styles from './ab.module.css';

/** Chooses the versions of a new test and their shares. The live version is always included. */
export function ArmChoice({
  arms,
  live,
  versions,
  onChange,
}: {
  readonly arms: readonly ArmPercent[];
  readonly live: number;
  readonly versions: readonly number[];
  readonly onChange: (arms: readonly ArmPercent[]) => void;
}): ReactElement {
  const isFull = arms.length >= mostArms;
  const toggle = (version: number, isIn: boolean): void => {
    const chosen = versions.filter((one) =>
      one === version ? isIn : one === live || arms.some((arm) => arm.version === one),
    );
    onChange(evenShares([live, ...chosen.filter((one) => one !== live)]));
  };
  return (
    <fieldset className="choices">
      <legend className="field-label">Versions and shares of callers</legend>
      <ul className={clsx(styles['ab-versions'], 'scrolls')}>
        {versions.map((version) => {
          const arm = arms.find((one) => one.version === version);
          return (
            <li key={version}>
              <label className="choice">
                <input
                  type="checkbox"
                  checked={arm !== undefined}
                  disabled={version === live || (arm === undefined && isFull)}
                  onChange={(event) => toggle(version, event.target.checked)}
                />
                Version {version}
                {version === live ? ' (live, the control)' : ''}
                {arm === undefined ? null : <span className="quiet"> {arm.percent}%</span>}
              </label>
            </li>
          );
        })}
      </ul>
      {arms.length < 2 ? (
        <p className="quiet">Choose one to four other versions.</p>
      ) : (
        <ShareBar arms={arms} control={live} onChange={onChange} />
      )}
    </fieldset>
  );
}

/** Equal shares in whole percent. The first arm gets the remainder. */
export function evenShares(versions: readonly number[]): readonly ArmPercent[] {
  const each = Math.floor(100 / versions.length);
  return versions.map((version, index) => ({
    version,
    percent: index === 0 ? 100 - each * (versions.length - 1) : each,
  }));
}
