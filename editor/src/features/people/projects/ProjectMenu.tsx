import { defaultProject, type ProjectReply } from '@heddle/core';
import { Archive, ArchiveRestore, Ellipsis, LogOut, PencilLine, Trash2 } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactElement } from 'react';
import type { ProjectDialog } from './ProjectDialogs.js';

/** The actions on a project that the user may take. Renders nothing if there are none. */
export function ProjectMenu({
  project,
  isUser,
  onDialog,
}: {
  readonly project: ProjectReply;
  /** Whether the user is signed in with an account, and so can leave a project. */
  readonly isUser: boolean;
  readonly onDialog: (dialog: ProjectDialog) => void;
}): ReactElement | null {
  const { id, name, roles, isManager, archivedAt } = project;
  const isFirst = id === defaultProject;
  const items = [
    { kind: 'rename', title: 'Rename', Icon: PencilLine, isShown: isManager },
    { kind: 'archive', title: 'Archive', Icon: Archive, isShown: isManager && !isFirst && archivedAt === undefined },
    {
      kind: 'restore',
      title: 'Restore',
      Icon: ArchiveRestore,
      isShown: isManager && archivedAt !== undefined,
    },
    { kind: 'leave', title: 'Leave', Icon: LogOut, isShown: isUser && roles.length > 0 },
    { kind: 'remove', title: 'Remove', Icon: Trash2, isShown: isManager && !isFirst },
  ] as const;
  const shown = items.filter(({ isShown }) => isShown);
  if (shown.length === 0) return null;
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="icon-button" aria-label={`More actions for ${name}`}>
        <Ellipsis size={16} aria-hidden />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4}>
          {shown.map(({ kind, title, Icon }) => (
            <DropdownMenu.Item key={kind} className="menu-item" onSelect={() => onDialog({ kind, project })}>
              <Icon size={14} aria-hidden /> {title}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
