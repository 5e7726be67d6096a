import clsx from 'clsx';
import { Play, Square } from 'lucide-react';
import type { ReactElement } from 'react';
import { useDraftRuns } from '../../data/access/draft-runs.js';
import { rightsUnknown, useMay } from '../../data/access/me-store.js';
import { useKillSwitchReason } from '../../data/queries/kill-switches-store.js';
import { runCommands } from '../commands/index.js';
import { nameKeys } from '../../ui/keyboard/match-keys.js';
import { useRunHead } from '../run/index.js';
import { useDocument, useRunSession, useSession } from '../session/index.js';
import { modifierName } from '../../ui/keyboard/modifier.js';
import styles from './workflow.module.css';

/**
 * Runs the workflow from every page, or stops the run that is shown. It runs the command of Mod+Enter. Users who may call only published
 * versions see why they cannot run drafts; users who may run nothing do not see the button.
 */
export function RunButton(): ReactElement | null {
  const { commands } = useSession();
  const head = useRunHead();
  const isStarting = useRunSession((state) => state.isStarting);
  const isKnown = useDocument((state) => state.compiled !== undefined);
  const isDraft = useDocument((state) => state.origin.kind === 'draft');
  const problem = useDocument((state) => state.compiled?.issues.find(({ severity }) => severity === 'error')?.message);
  // During playback the run counts as ended, even if the shown moment is an earlier one.
  const isPlayed = useRunSession((state) => state.playback !== undefined);
  const isRunning = head !== undefined && !head.isEnded && !isPlayed;
  const [command] = runCommands;
  const { may: mayRun, reason } = useDraftRuns();
  const stop = useKillSwitchReason(useDocument((state) => state.id));
  const obstacle = reason ?? stop ?? (isDraft ? problem : undefined);
  const mayCall = useMay('run:published');
  const mayStop = useMay('run:control');
  if (command === undefined || (mayRun === false && !mayCall && !(isRunning && mayStop))) return null;
  const isAsking = mayRun === undefined;
  const isDisabled = obstacle !== undefined || !isKnown || isStarting;
  const keys = nameKeys(command.keys[0] ?? '', modifierName);
  return (
    <button
      type="button"
      className={
        isRunning
          ? clsx('button', styles['topbar-run'], 'topbar-button')
          : clsx('button button-primary', styles['topbar-run'], 'topbar-button')
      }
      data-tip={isAsking ? rightsUnknown : isRunning ? `Stop (${keys})` : (obstacle ?? `Run (${keys})`)}
      disabled={isAsking || (isRunning ? !mayStop || head.isCancelRequested : isDisabled)}
      aria-busy={isAsking || undefined}
      onClick={() => void command.run(commands)}
    >
      {isRunning ? (
        <>
          <Square size={12} strokeWidth={2.5} aria-hidden /> Stop
        </>
      ) : (
        <>
          <Play size={12} strokeWidth={2.5} aria-hidden /> Run
        </>
      )}
    </button>
  );
}
