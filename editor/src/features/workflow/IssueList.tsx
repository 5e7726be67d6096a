import clsx from 'clsx';
import type { Issue } from '@heddle/core';
import { AlertTriangle } from 'lucide-react';
import { useMemo, type ReactElement } from 'react';
import { useDocument } from '../session/index.js';
import { lazyMenu, useLazyMenu } from '../../ui/dialogs/use-lazy-menu.js';
import styles from './workflow.module.css';

/** The list of issues, loaded on demand. */
export const issuePopover = lazyMenu(() => import('./IssuePopover.js').then(({ IssuePopover }) => IssuePopover));

/** The issues of a workflow. Each links to its location. */
export function IssueList(): ReactElement | null {
  const issues = useDocument((state) => state.compiled?.issues);
  const sorted = useMemo(
    () =>
      // An empty canvas shows first steps instead of this issue.
      (issues ?? [])
        .filter(({ code }) => code !== 'workflow-empty')
        .sort((a, b) => (a.severity === b.severity ? 0 : a.severity === 'error' ? -1 : 1)),
    [issues],
  );
  return sorted.length === 0 ? null : <IssueButton issues={sorted} />;
}

/** A button with the number of issues. The list loads when the pointer or the focus reaches the button. */
function IssueButton({ issues }: { readonly issues: readonly Issue[] }): ReactElement {
  const { Menu: Popover, start, placeholder } = useLazyMenu(issuePopover);
  const text = (
    <>
      <AlertTriangle size={14} aria-hidden /> {countsText(issues)}
    </>
  );
  if (Popover !== undefined)
    return (
      <Popover start={start} issues={issues}>
        {text}
      </Popover>
    );
  return (
    <button
      {...placeholder}
      className={clsx(styles['topbar-issues'], 'bare-button aligned-inline')}
      data-severity={issues[0]?.severity}
      aria-haspopup="dialog"
    >
      {text}
    </button>
  );
}

/** The number of issues by severity: `1 error, 2 warnings`. */
function countsText(issues: readonly Issue[]): string {
  const of = (severity: Issue['severity']): string[] => {
    const count = issues.filter((issue) => issue.severity === severity).length;
    return count === 0 ? [] : [count === 1 ? `1 ${severity}` : `${count} ${severity}s`];
  };
  return [...of('error'), ...of('warning')].join(', ');
}
