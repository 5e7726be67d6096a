import type { ReactElement } from 'react';
import { allCommands } from './all-commands.js';
import { nameKeys } from '../../ui/keyboard/match-keys.js';
import { modifierName } from '../../ui/keyboard/modifier.js';
import styles from './commands.module.css';

const groups = ['Run', 'Edit', 'Canvas', 'View'] as const;

/** The table of keyboard shortcuts, built from the commands. */
export function ShortcutTable(): ReactElement {
  return (
    <div className={styles['shortcuts']}>
      {groups.map((group) => (
        <section key={group}>
          <h3>{group}</h3>
          <dl>
            {allCommands
              .filter((command) => command.group === group && command.keys.length > 0)
              .map((command) => (
                <div key={command.id}>
                  <dt>{command.title}</dt>
                  <dd>
                    {command.keys.map((keys) => (
                      <kbd key={keys}>{nameKeys(keys, modifierName)}</kbd>
                    ))}
                  </dd>
                </div>
              ))}
          </dl>
        </section>
      ))}
    </div>
  );
}
