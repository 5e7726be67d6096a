import type { ReactElement } from 'react';
import { allCommands, factsOf, type Command } from '../commands/index.js';
import { nameKeys } from '../../ui/keyboard/match-keys.js';
import { modifierName } from '../../ui/keyboard/modifier.js';
import { useSession } from '../session/index.js';
import { setOverlay } from '../view/index.js';
import { Picker } from '../../ui/dialogs/Picker.js';
import styles from './node-menu.module.css';

type Item = Command & { readonly isOff: boolean; readonly why: string | undefined };

/** All commands, searched by name. */
export function CommandPalette(): ReactElement {
  const { commands } = useSession();
  const close = (): void => setOverlay(commands.view, undefined);
  const itemsFor = (query: string): readonly Item[] => {
    const facts = factsOf(commands);
    const terms = query.toLowerCase().split(/\s+/);
    return allCommands
      .filter(
        (command) =>
          command.id !== 'commands' &&
          terms.every((word) => `${command.title} ${command.group}`.toLowerCase().includes(word)),
      )
      .map((command) => {
        const isOff = !command.isEnabled(facts);
        return { ...command, isOff, why: isOff ? command.whyOff?.(facts) : undefined };
      });
  };
  return (
    <Picker<Item>
      title="Commands"
      placeholder="Search commands"
      itemsFor={itemsFor}
      empty="No command has this name."
      draw={(item) => (
        <>
          <span className="picker-name">{item.title}</span>
          {item.why === undefined ? null : <span className="picker-note">{item.why}</span>}
          <span className={styles['picker-keys']}>
            {item.keys[0] === undefined ? null : <kbd>{nameKeys(item.keys[0], modifierName)}</kbd>}
          </span>
        </>
      )}
      onPick={(item) => {
        close();
        void item.run(commands);
      }}
      onClose={close}
    />
  );
}
