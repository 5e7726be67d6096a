import type { UserReply } from '@heddle/core';
import { Ban, Ellipsis, Eraser, KeyRound, Link2, LogOut, Undo2 } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactElement } from 'react';
import type { UserDialog } from './UserDialogs.js';

/** The menu with the actions on an account. */
export function UserMenu({
  user,
  onDialog,
}: {
  readonly user: UserReply;
  readonly onDialog: (dialog: UserDialog) => void;
}): ReactElement {
  const items: readonly { readonly kind: UserDialog['kind']; readonly title: string; readonly Icon: typeof Ban }[] = [
    { kind: 'roles', title: 'Change roles', Icon: KeyRound },
    { kind: 'link', title: 'New password link', Icon: Link2 },
    { kind: 'sign-out', title: 'Sign out everywhere', Icon: LogOut },
    user.isDisabled
      ? { kind: 'enable', title: 'Enable', Icon: Undo2 }
      : { kind: 'disable', title: 'Disable', Icon: Ban },
    { kind: 'forget', title: 'Forget', Icon: Eraser },
  ];
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="icon-button" aria-label={`More actions for ${user.name}`}>
        <Ellipsis size={16} aria-hidden />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="end" sideOffset={4}>
          {items.map(({ kind, title, Icon }) => (
            <DropdownMenu.Item key={kind} className="menu-item" onSelect={() => onDialog({ kind, user })}>
              <Icon size={14} aria-hidden /> {title}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
