import type { ReactElement } from 'react';
import { allCommands } from '../commands/all-commands.js';
import { nameKeys } from '../commands/match-keys.js';
import { modifierName } from '../frame/modifier.js';
import { useSession } from '../session.js';
import { setOverlay } from '../view/view-store.js';
import { Dialog } from './Dialog.js';

const groups = ['Run', 'Edit', 'Canvas', 'View'] as const;

/** The table of keys, from the same commands that the keys run. */
export function Shortcuts(): ReactElement {
  const { view } = useSession();
  return (
    <Dialog title="Keyboard shortcuts" onClose={() => setOverlay(view, undefined)}>
      <div className="shortcuts">
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
    </Dialog>
  );
}
