import clsx from 'clsx';
import { OctagonX } from 'lucide-react';
import type { ReactElement } from 'react';
import { useKillSwitches } from '../../data/queries/kill-switches-store.js';
import { Link } from '../../ui/navigation/Link.js';
import { RailLabel } from '../../ui/navigation/RailLabel.js';
import { settingsPath, useAddress } from '../../ui/navigation/route.js';
import { useDocument } from '../session/index.js';
import styles from './frame.module.css';

/** A link to the kill switches that shows whether one is on. */
export function KillSwitchLink(): ReactElement {
  const killSwitches = useKillSwitches();
  const id = useDocument((state) => state.id);
  // On the page of a workflow or its run, the link preselects that workflow, because an emergency leaves no time to search a list.
  const isBefore = /^\/(?:workflows|runs)\/./.test(useAddress());
  const text =
    killSwitches.length === 0
      ? 'Kill switch'
      : `Kill switch: ${killSwitches.length === 1 ? 'one is' : `${killSwitches.length} are`} on`;
  return (
    <Link
      href={settingsPath('kill-switches') + (isBefore && id !== undefined ? `?workflow=${encodeURIComponent(id)}` : '')}
      className={clsx('rail-item', styles['rail-stop'])}
      data-on={killSwitches.length > 0 || undefined}
      aria-label={text}
      data-tip={text}
    >
      <OctagonX size={18} strokeWidth={1.75} aria-hidden />
      <RailLabel>{text}</RailLabel>
    </Link>
  );
}
