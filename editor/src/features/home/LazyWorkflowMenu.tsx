import clsx from 'clsx';
import { Ellipsis } from 'lucide-react';
import type { ReactElement } from 'react';
import { lazyMenu, useLazyMenu } from '../../ui/dialogs/use-lazy-menu.js';
import type { WorkflowMenuProps } from './WorkflowMenu.js';
import styles from './home.module.css';

/** The menu, loaded on demand. */
export const workflowMenu = lazyMenu(() => import('./WorkflowMenu.js').then(({ WorkflowMenu }) => WorkflowMenu));

/** The button of a workflow's menu. The menu loads when the pointer or the focus reaches the button. */
export function LazyWorkflowMenu(props: Omit<WorkflowMenuProps, 'start'>): ReactElement {
  const { Menu, start, placeholder } = useLazyMenu(workflowMenu);
  if (Menu !== undefined) return <Menu {...props} start={start} />;
  return (
    <button
      {...placeholder}
      className={clsx('icon-button', styles['tile-menu'])}
      aria-haspopup="menu"
      aria-label={`More actions for ${props.workflow.name}`}
    >
      <Ellipsis size={16} aria-hidden />
    </button>
  );
}
