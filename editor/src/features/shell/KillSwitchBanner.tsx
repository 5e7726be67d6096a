import clsx from 'clsx';
import { OctagonX } from 'lucide-react';
import type { ReactElement } from 'react';
import { useKillSwitches, useKillSwitchesRead, useTargetText } from '../../data/queries/kill-switches-store.js';
import { Link } from '../../ui/navigation/Link.js';
import { settingsPath } from '../../ui/navigation/route.js';
import styles from './frame.module.css';

/** Says which kill switches are on. */
export function KillSwitchBanner(): ReactElement | null {
  useKillSwitchesRead();
  const killSwitches = useKillSwitches();
  const textOf = useTargetText();
  const [first] = killSwitches;
  if (first === undefined) return null;
  return (
    <div className={clsx('banner aligned-wrapped', styles['banner-stop'])} role="status">
      <span>
        <OctagonX size={16} aria-hidden /> <strong>Kill switch:</strong> {textOf(first.target)} is stopped:{' '}
        {first.reason}
        {killSwitches.length === 1 ? '' : ` And ${killSwitches.length - 1} more.`}
      </span>
      <Link href={settingsPath('kill-switches')} className="button button-small">
        View and release
      </Link>
    </div>
  );
}
