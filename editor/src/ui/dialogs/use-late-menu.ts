import { useRef, useState, type ComponentType, type KeyboardEvent, type RefObject } from 'react';
import { loadPart } from '../navigation/lazy-page.js';

/** A menu that loads when the pointer or focus reaches its button. */
export interface LateMenu<Props> {
  /** The menu, where it is already loaded. */
  readonly now: () => ComponentType<Props> | undefined;
  readonly load: () => Promise<ComponentType<Props>>;
}

/** How a menu opens in place of its button: with the button's focus and state. */
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
 * The loaded menu, and until then the handlers for its button: the menu loads when the pointer or focus reaches the button, and opens at
 * once where it was requested meanwhile.
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
  // A button that is replaced between pointer down and up gets no click.
  const isPressed = useRef(false);
  const arrive = (part: ComponentType<Props>): void =>
    show({
      Menu: part,
      start: { isOpened: isWanted.current, hasFocus: document.activeElement === button.current },
    });
  // Loaded again when the menu is opened, which shows the error.
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
