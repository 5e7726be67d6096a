import { useEffect } from 'react';
import { useSession } from '../session/index.js';
import { allCommands } from './all-commands.js';
import { factsOf, type Command } from './command.js';
import { matchKeys, type KeyPress } from '../../ui/keyboard/match-keys.js';

/** The command for a key press; undefined for none. */
export function commandFor(
  press: KeyPress,
  isInField: boolean,
  isEnabled: (command: Command) => boolean,
): Command | undefined {
  return allCommands.find(
    (command) =>
      (command.isGlobal === true || !isInField) &&
      command.keys.some((keys) => matchKeys(keys, press)) &&
      isEnabled(command),
  );
}

/**
 * Commands with shortcuts that never reach the browser outside of a field: it would undo in a field that lost focus, save the page, or add
 * a bookmark.
 */
const keptFromBrowser = new Set(['undo', 'redo', 'save', 'duplicate']);

/** Whether a key press is kept from the browser even where its command is not available. */
export function isKeptFromBrowser(press: KeyPress, isInField: boolean): boolean {
  return (
    !isInField &&
    allCommands.some(({ id, keys }) => keptFromBrowser.has(id) && keys.some((key) => matchKeys(key, press)))
  );
}

/** Runs commands by their shortcuts, wherever the focus is; a field keeps the keys that it needs. */
export function useShortcuts(): void {
  const { commands } = useSession();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing || commands.view.getState().overlay !== undefined) return;
      // A dialog blocks what is behind it; its own keys, such as Escape, are the browser's.
      if (document.querySelector('dialog[open]') !== null) return;
      const { target } = event;
      const isInField =
        target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
      // Tab, Enter and arrows belong to the page's own controls, unless the canvas has the focus.
      const isOnCanvas =
        target instanceof Element &&
        target.closest('.workflow-canvas') !== null &&
        // Buttons on the canvas, such as those of the zoom control, belong to the page.
        target.closest('.react-flow__panel') === null;
      const isPlainEnter = event.key === 'Enter' && !event.ctrlKey && !event.metaKey;
      if (
        !isOnCanvas &&
        (event.key === 'Tab' || isPlainEnter || (event.key.startsWith('Arrow') && target !== document.body))
      )
        return;
      // With selected text, copy means the text.
      if (
        event.key.toLowerCase() === 'c' &&
        (event.ctrlKey || event.metaKey) &&
        window.getSelection()?.isCollapsed === false
      )
        return;
      const facts = factsOf(commands);
      const command = commandFor(event, isInField, (candidate) => candidate.isEnabled(facts));
      if (command !== undefined || isKeptFromBrowser(event, isInField)) event.preventDefault();
      if (command === undefined) return;
      void command.run(commands);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [commands]);
}
