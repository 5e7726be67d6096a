import type { ReactElement, ReactNode } from 'react';
import { allCommands } from './all-commands.js';
import { factsOf } from './command.js';
import { nameKeys } from '../../ui/keyboard/match-keys.js';
import { useDocument, useSession, useView } from '../session/index.js';
import { modifierName } from '../../ui/keyboard/modifier.js';

/** A button that runs a command and shows its title and shortcut. It is disabled when the command is not available. */
export function CommandButton({
  id,
  isAtEnd = false,
  isPressed,
  className = 'icon-button',
  children,
}: {
  readonly id: string;
  readonly className?: string;
  /** Whether there is nothing more to do in this direction. The button is then disabled but keeps the focus. */
  readonly isAtEnd?: boolean;
  /** Whether a toggle command is on. */
  readonly isPressed?: boolean;
  readonly children: ReactNode;
}): ReactElement | null {
  const { commands } = useSession();
  const document = useDocument((state) => state);
  const view = useView((state) => state);
  const command = allCommands.find((candidate) => candidate.id === id);
  if (command === undefined) return null;
  const keys = command.keys[0];
  const title = keys === undefined ? command.title : `${command.title} (${nameKeys(keys, modifierName)})`;
  return (
    <button
      type="button"
      className={className}
      data-tip={title}
      aria-label={title}
      aria-pressed={isPressed}
      aria-disabled={isAtEnd || undefined}
      disabled={!command.isEnabled({ ...factsOf(commands), document, view })}
      onClick={() => void (isAtEnd || command.run(commands))}
    >
      {children}
    </button>
  );
}
