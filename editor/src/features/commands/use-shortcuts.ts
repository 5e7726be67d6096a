import { useEffect } from 'react';
import { useSession } from '../session/index.js';
import { allCommands } from './all-commands.js';
import { factsOf, type Command } from './command.js';
import { matchKeys, type KeyPress } from '../../ui/keyboard/match-keys.js';

/** Where the focus is: on the canvas, in a field, or on another control of the page. */
type FocusArea = 'canvas' | 'field' | 'page';

/** The command for a key press; undefined if there is none. Most shortcuts work only while the canvas has the focus. */
export function commandFor(
  press: KeyPress,
  area: FocusArea,
  isEnabled: (command: Command) => boolean,
): Command | undefined {
  return allCommands.find(
    (command) =>
      (area === 'canvas' || command.isGlobal === true || (area === 'page' && command.isForPage === true)) &&
      command.keys.some((keys) => matchKeys(keys, press)) &&
      isEnabled(command),
  );
}

/**
 * Commands whose shortcuts never reach the browser outside a field. The browser would undo in a field that has lost the focus, save the
 * page, or add a bookmark.
 */
const keptFromBrowser = new Set(['undo', 'redo', 'save', 'duplicate']);

/** Whether the browser must not get a key press, even if its command is not available. */
function isKeptFromBrowser(press: KeyPress, isInField: boolean): boolean {
  return (
    !isInField &&
    allCommands.some(({ id, keys }) => keptFromBrowser.has(id) && keys.some((key) => matchKeys(key, press)))
  );
}

const isOnCanvas = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('.workflow-canvas') !== null;

/** Runs commands by their shortcuts. Fields and other controls keep the keys that they use themselves. */
export function useShortcuts(): void {
  const { commands } = useSession();
  useEffect(() => {
    // If nothing has the focus, for example after the focused button was removed, the area that was used last counts.
    let wasCanvasUsed = true;
    const onUse = ({ target }: Event): void => {
      if (target instanceof Element && target.closest('dialog') === null) wasCanvasUsed = isOnCanvas(target);
    };
    const areaOf = (target: EventTarget | null): FocusArea => {
      if (
        target instanceof HTMLElement &&
        (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
      )
        return 'field';
      return isOnCanvas(target) || (target === document.body && wasCanvasUsed) ? 'canvas' : 'page';
    };
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing || commands.view.getState().overlay !== undefined) return;
      // A dialog blocks what is behind it; the browser handles its keys, such as Escape.
      if (document.querySelector('dialog[open]') !== null) return;
      const area = areaOf(event.target);
      if (isForFocusedControl(event, area)) return;
      const facts = factsOf(commands);
      const command = commandFor(event, area, (candidate) => candidate.isEnabled(facts));
      if (command !== undefined || isKeptFromBrowser(event, area === 'field')) event.preventDefault();
      if (command === undefined) return;
      void command.run(commands);
    };
    window.addEventListener('keydown', onKeyDown);
    window.addEventListener('pointerdown', onUse, true);
    window.addEventListener('focusin', onUse);
    return () => {
      window.removeEventListener('keydown', onKeyDown);
      window.removeEventListener('pointerdown', onUse, true);
      window.removeEventListener('focusin', onUse);
    };
  }, [commands]);
}

/** Whether a key press is meant for the focused element: to move on, to press a button, or to copy selected text. */
function isForFocusedControl(event: KeyboardEvent, area: FocusArea): boolean {
  const { target, key } = event;
  const hasModifier = event.ctrlKey || event.metaKey;
  if (key.toLowerCase() === 'c' && hasModifier) return window.getSelection()?.isCollapsed === false;
  // Buttons on the canvas, such as the zoom buttons, belong to the page.
  const isCanvasItself =
    isOnCanvas(target) && target instanceof Element && target.closest('.react-flow__panel') === null;
  if (key === 'Tab' || (key === 'Enter' && !hasModifier)) return !isCanvasItself;
  return key.startsWith('Arrow') && !isCanvasItself && (target !== document.body || area !== 'canvas');
}
