import { useRef, useState, type ComponentType, type KeyboardEvent, type RefObject } from 'react';
import { loadPart } from '../navigation/lazy-page.js';

/** A menu that loads when the pointer or the focus reaches its button. */
export interface LazyMenu<Props> {
  /** The menu, if it is already loaded. */
  readonly now: () => ComponentType<Props> | undefined;
  readonly load: () => Promise<ComponentType<Props>>;
}

/** How a menu replaces the button that was shown before it: with the button's focus, and open if it was requested. */
export interface MenuStart {
  readonly isOpened: boolean;
  readonly hasFocus: boolean;
}

/** @example const menu = lazyMenu(() => import('./WorkflowMenu.js').then(({ WorkflowMenu }) => WorkflowMenu)) */
export function lazyMenu<Props>(load: () => Promise<ComponentType<Props>>): LazyMenu<Props> {
  let loaded: ComponentType<Props> | undefined;
  return { now: () => loaded, load: async () => (loaded ??= await load()) };
}

interface PlaceholderProps {
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
export function useLazyMenu<Props>(menu: LazyMenu<Props>): {
  readonly Menu: ComponentType<Props> | undefined;
  readonly start: MenuStart;
  readonly placeholder: PlaceholderProps;
} {
  const [{ Menu, start }, show] = useState(() => ({
    Menu: menu.now(),
    start: { isOpened: false, hasFocus: false },
  }));
  const button = useRef<HTMLButtonElement>(null);
  const isWanted = useRef(false);
  // The button must not be replaced between pointer down and up, because it would get no click.
  const isPressed = useRef(false);
  const showMenu = (part: ComponentType<Props>): void =>
    show({
      Menu: part,
      start: { isOpened: isWanted.current, hasFocus: document.activeElement === button.current },
    });
  // An error is ignored here: opening the menu loads it again and shows the error.
  const fetch = (): void =>
    void menu.load().then(
      (part) => {
        if (!isPressed.current) showMenu(part);
      },
      () => undefined,
    );
  const open = (): void => {
    isWanted.current = true;
    loadPart(menu.load).then(showMenu, (error: unknown) =>
      show(() => {
        throw error;
      }),
    );
  };
  return {
    Menu,
    start,
    placeholder: {
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
