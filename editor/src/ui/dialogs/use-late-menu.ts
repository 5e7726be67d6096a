import { useRef, useState, type ComponentType, type KeyboardEvent, type RefObject } from 'react';
import { loadPart } from '../navigation/lazy-page.js';

/** A menu that loads when the pointer or the focus reaches its button. */
export interface LateMenu<Props> {
  /** The menu, if it is already loaded. */
  readonly now: () => ComponentType<Props> | undefined;
  readonly load: () => Promise<ComponentType<Props>>;
}

/** How a menu replaces the button that was shown before it: with the button's focus, and open if it was requested. */
export interface MenuStart {
  readonly isOpened: boolean;
  readonly hasFocus: boolean;
}

/** @example const menu = lateMenu(() => import('./WorkflowMenu.js').then(({ WorkflowMenu }) => WorkflowMenu)) */
export function lateMenu<Props>(load: () => Promise<ComponentType<Props>>): LateMenu<Props> {
  let loaded: ComponentType<Props> | undefined;
  return { now: () => loaded, load: async () => (loaded ??= await load()) };
}

interface StandIn {
  readonly type: 'button';
  readonly ref: RefObject<HTMLButtonElement | null>;
  readonly 'aria-expanded': false;
  readonly 'data-state': 'closed';
  readonly onPointerEnter: () => void;
  readonly onPointerDown: () => void;
  readonly onFocus: () => void;
  readonly onClick: () => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/**
 * The loaded menu, and until then handlers for its button. The menu loads when the pointer or the focus reaches the button, and opens at
 * once if it was requested meanwhile.
 */
export function useLateMenu<Props>(menu: LateMenu<Props>): {
  readonly Menu: ComponentType<Props> | undefined;
  readonly start: MenuStart;
  readonly standIn: StandIn;
} {
  const [{ Menu, start }, show] = useState(() => ({
    Menu: menu.now(),
    start: { isOpened: false, hasFocus: false },
  }));
  const button = useRef<HTMLButtonElement>(null);
  const isWanted = useRef(false);
  // The button must not be replaced between pointer down and up, because it would get no click.
  const isPressed = useRef(false);
  const arrive = (part: ComponentType<Props>): void =>
    show({
      Menu: part,
      start: { isOpened: isWanted.current, hasFocus: document.activeElement === button.current },
    });
  // An error is ignored here: opening the menu loads it again and shows the error.
  const fetch = (): void =>
    void menu.load().then(
      (part) => {
        if (!isPressed.current) arrive(part);
      },
      () => undefined,
    );
  const open = (): void => {
    isWanted.current = true;
    loadPart(menu.load).then(arrive, (error: unknown) =>
      show(() => {
        throw error;
      }),
    );
  };
  return {
    Menu,
    start,
    standIn: {
      type: 'button',
      ref: button,
      'aria-expanded': false,
      'data-state': 'closed',
      onPointerEnter: () => {
        isPressed.current = false;
        fetch();
      },
      onPointerDown: () => void (isPressed.current = true),
      onFocus: fetch,
      onClick: open,
      onKeyDown: (event) => {
        if (event.key !== 'ArrowDown') return;
        event.preventDefault();
        open();
      },
    },
  };
}
