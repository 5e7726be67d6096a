import clsx from 'clsx';
import { Ellipsis } from 'lucide-react';
import type { ReactElement } from 'react';
import { lateMenu, useLateMenu } from '../../ui/dialogs/use-late-menu.js';
import type { WorkflowMenuProps } from './WorkflowMenu.js';
import styles from './home.module.css';

/** The menu, loaded on demand. */
export const workflowMenu = lateMenu(() => import('./WorkflowMenu.js').then(({ WorkflowMenu }) => WorkflowMenu));

/** The button of a workflow's menu. The menu loads when the pointer or the focus reaches the button. */
export function LateWorkflowMenu(props: Omit<WorkflowMenuProps, 'start'>): ReactElement {
  const { Menu, start, standIn } = useLateMenu(workflowMenu);
  if (Menu !== undefined) return <Menu {...props} start={start} />;
  return (
    <button
      {...standIn}
      className={clsx('icon-button', styles['tile-menu'])}
      aria-haspopup="menu"
      aria-label={`More actions for ${props.workflow.name}`}
    >
      <Ellipsis size={16} aria-hidden />
    </button>
  );
}
