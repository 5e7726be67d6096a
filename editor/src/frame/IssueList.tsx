import { AlertTriangle } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useMemo, useRef, useState, type ReactElement } from 'react';
import { splitEnd, type Issue } from '@heddle/core';
import { useIssueWords } from '../document/use-issue-words.js';
import { useDocument, useSession } from '../session.js';
import { selectNodes } from '../view/view-store.js';
import { askField, fieldOfIssue } from './ask-field.js';
import { FixWords } from './FixWords.js';

/** The issues of a workflow, each one a way to its place. */
export function IssueList(): ReactElement | null {
  const { view } = useSession();
  const [isOpen, setOpen] = useState(false);
  const isLeading = useRef(false);
  const issues = useDocument((state) => state.compiled?.issues);
  const sorted = useMemo(
    () =>
      // An empty canvas says itself how to begin.
      (issues ?? [])
        .filter(({ code }) => code !== 'workflow-empty')
        .sort((a, b) => (a.severity === b.severity ? 0 : a.severity === 'error' ? -1 : 1)),
    [issues],
  );
  const words = useIssueWords();
  if (sorted.length === 0) return null;
  const go = (issue: Issue): void => {
    const node = issue.node ?? splitEnd(issue.edge?.split('->')[1] ?? '')?.node;
    setOpen(false);
    if (node === undefined) return;
    const field = fieldOfIssue(issue);
    isLeading.current = field !== undefined;
    if (field !== undefined) {
      askField(view, node, field);
      return;
    }
    selectNodes(view, [node]);
    view.getState().canvas?.focus(node);
  };
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger className="topbar-issues" data-severity={sorted[0]?.severity}>
        <AlertTriangle size={14} aria-hidden /> {countWords(sorted)}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="popover"
          align="end"
          sideOffset={6}
          aria-label="Issues"
          onCloseAutoFocus={(event) => {
            // The focus goes to the field that was asked for, not back to the list.
            if (isLeading.current) event.preventDefault();
            isLeading.current = false;
          }}
        >
          <ul className="issue-list">
            {sorted.map((issue, index) => {
              const { place, message, fix } = words(issue);
              return (
                <li key={index} data-severity={issue.severity}>
                  <button type="button" onClick={() => go(issue)}>
                    <strong>{place}</strong> {message}
                  </button>
                  {fix === undefined ? null : (
                    <p className="quiet">
                      <FixWords text={fix} />
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

/** What the list holds, such as `1 error, 2 warnings`. */
function countWords(issues: readonly Issue[]): string {
  const of = (severity: Issue['severity']): string[] => {
    const count = issues.filter((issue) => issue.severity === severity).length;
    return count === 0 ? [] : [count === 1 ? `1 ${severity}` : `${count} ${severity}s`];
  };
  return [...of('error'), ...of('warning')].join(', ');
}
