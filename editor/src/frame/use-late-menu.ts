import { useRef, useState, type ComponentType, type KeyboardEvent, type RefObject } from 'react';
import { loadPart } from '../pages/lazy-page.js';

/** A menu that is fetched when its button is about to be used. */
export interface LateMenu<Props> {
  /** The menu, where it was fetched before. */
  readonly now: () => ComponentType<Props> | undefined;
  readonly load: () => Promise<ComponentType<Props>>;
}

/** How a menu begins that takes the place of its button: as the button stood there. */
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
  readonly onFocus: () => void;
  readonly onClick: () => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/**
 * The menu once it is here, and until then what its button needs: it is fetched when the pointer or the focus comes to the button,
 * and opens at once where somebody asked for it meanwhile.
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
  const arrive = (part: ComponentType<Props>): void =>
    show({
      Menu: part,
      start: { isOpened: isWanted.current, hasFocus: document.activeElement === button.current },
    });
  // Asked again when it is opened, which says what is wrong.
  const fetch = (): void => void menu.load().then(arrive, () => undefined);
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
      ...{ type: 'button', ref: button, 'aria-expanded': false, 'data-state': 'closed' },
      ...{ onPointerEnter: fetch, onFocus: fetch, onClick: open },
      onKeyDown: (event) => {
        if (event.key !== 'ArrowDown') return;
        event.preventDefault();
        open();
      },
    },
  };
}
