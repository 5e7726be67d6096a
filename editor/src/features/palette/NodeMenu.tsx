import clsx from 'clsx';
import { useEffect, useRef, type KeyboardEvent, type ReactElement } from 'react';
import { allCommands, factsOf } from '../commands/index.js';
import { nameKeys } from '../../ui/keyboard/match-keys.js';
import { modifierName } from '../../ui/keyboard/modifier.js';
import { useSession } from '../session/index.js';
import { setOverlay } from '../view/index.js';
import styles from './node-menu.module.css';

/** The ids of the menu's commands, in groups. Commands that are not available are not shown. */
const groups = [
  ['run-node', 'run-from', 'pin', 'edit-output', 'breakpoint', 'open-inside'],
  ['edit-inside'],
  ['settings', 'rename', 'ports', 'disable', 'duplicate', 'copy', 'cut'],
  ['delete'],
] as const;

/** The context menu of the selected nodes, with the same commands as the palette and the shortcuts. */
export function NodeMenu({ at }: { readonly at: readonly [number, number] }): ReactElement {
  const { commands, view } = useSession();
  const list = useRef<HTMLDivElement>(null);
  const facts = factsOf(commands);
  const close = (): void => setOverlay(view, undefined);
  useEffect(() => {
    list.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus();
    const onPointer = (event: PointerEvent): void => {
      if (event.target instanceof Node && list.current?.contains(event.target) !== true) setOverlay(view, undefined);
    };
    window.addEventListener('pointerdown', onPointer, true);
    return () => window.removeEventListener('pointerdown', onPointer, true);
  }, [view]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const items = [...(list.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
    const index = items.findIndex((item) => item === document.activeElement);
    const next =
      event.key === 'ArrowDown'
        ? index + 1
        : event.key === 'ArrowUp'
          ? index - 1
          : event.key === 'Home'
            ? 0
            : event.key === 'End'
              ? -1
              : undefined;
    if (event.key === 'Escape' || event.key === 'Tab') {
      close();
      document.querySelector<HTMLElement>('.workflow-canvas')?.focus();
    } else if (next === undefined) return;
    else items.at(next % items.length)?.focus();
    event.preventDefault();
    event.stopPropagation();
  };
  // Keeps the menu inside the window: it opens above the pointer if there is no space below.
  const left = Math.min(at[0], window.innerWidth - 300);
  const top = Math.min(at[1], Math.max(8, window.innerHeight - 400));
  return (
    <div
      ref={list}
      className={clsx(styles['node-menu'], 'floating')}
      role="menu"
      aria-label="Node"
      style={{ left, top }}
      onKeyDown={onKeyDown}
      onContextMenu={(event) => event.preventDefault()}
    >
      {groups.map((ids, index) => (
        <div key={index} role="group">
          {allCommands
            .filter((command) => ids.some((id) => id === command.id) && command.isEnabled(facts))
            .map((command) => (
              <button
                key={command.id}
                type="button"
                role="menuitem"
                tabIndex={-1}
                onClick={() => {
                  close();
                  void command.run(commands);
                }}
              >
                <span>{command.title}</span>
                {command.keys[0] === undefined ? null : <kbd>{nameKeys(command.keys[0], modifierName)}</kbd>}
              </button>
            ))}
        </div>
      ))}
    </div>
  );
}
