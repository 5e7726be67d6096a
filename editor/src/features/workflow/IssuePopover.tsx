import clsx from 'clsx';
import { splitEnd, type Issue } from '@heddle/core';
import { Popover } from 'radix-ui';
import { useRef, useState, type ReactElement, type ReactNode } from 'react';
import { useIssueText, useSession } from '../session/index.js';
import { selectNodes, focusField, fieldOfIssue } from '../view/index.js';
import { FixText } from '../../ui/states/FixText.js';
import type { MenuStart } from '../../ui/dialogs/use-lazy-menu.js';
import styles from './workflow.module.css';

/** The button with the list of issues. Each links to its location. */
export function IssuePopover({
  start,
  issues,
  children,
}: {
  readonly start: MenuStart;
  readonly issues: readonly Issue[];
  readonly children: ReactNode;
}): ReactElement {
  const { view } = useSession();
  const [isOpen, setOpen] = useState(start.isOpened);
  const isLeading = useRef(false);
  const text = useIssueText();
  const go = (issue: Issue): void => {
    const node = issue.node ?? splitEnd(issue.edge?.split('->')[1] ?? '')?.node;
    setOpen(false);
    if (node === undefined) return;
    const field = fieldOfIssue(issue);
    isLeading.current = field !== undefined;
    if (field !== undefined) {
      focusField(view, node, field);
      return;
    }
    selectNodes(view, [node]);
    view.getState().canvas?.focus(node);
  };
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger
        className={clsx(styles['topbar-issues'], 'bare-button aligned-inline')}
        data-severity={issues[0]?.severity}
        autoFocus={start.hasFocus}
      >
        {children}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className={styles['popover']}
          align="end"
          sideOffset={6}
          aria-label="Issues"
          onCloseAutoFocus={(event) => {
            // The requested field takes the focus, not the button of the list.
            if (isLeading.current) event.preventDefault();
            isLeading.current = false;
          }}
        >
          <ul className={styles['issue-list']}>
            {issues.map((issue, index) => {
              const { location, message, fix } = text(issue);
              return (
                <li key={index} data-severity={issue.severity}>
                  <button type="button" onClick={() => go(issue)}>
                    <strong>{location}</strong> {message}
                  </button>
                  {fix === undefined ? null : (
                    <p className="quiet">
                      <FixText text={fix} />
                    </p>
                  )}
                </li>
              );
            })}
          </ul>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
