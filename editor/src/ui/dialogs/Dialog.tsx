import { X } from 'lucide-react';
import { useLayoutEffect, useRef, type ReactElement, type ReactNode } from 'react';

/**
 * The element that gets the focus: a field, else a choice, else a text to copy, else the first button at the bottom, which changes nothing.
 */
const firsts = [
  'input:not([type=radio], [type=checkbox], [hidden]), textarea, select',
  'input[type=checkbox]',
  '.copy-text button',
  '.dialog-actions button',
];

/**
 * A modal dialog. Escape and a click beside it close it, and the focus returns to where it was. A dialog with content that is shown once
 * closes only by its own button.
 */
export function Dialog({
  title,
  isShownOnce = false,
  onClose,
  children,
}: {
  readonly title: string;
  readonly isShownOnce?: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  // Closed while it is still in the page: the browser returns the focus only then.
  useLayoutEffect(() => {
    const shown = dialog.current;
    const menuButton = buttonOfMenu(document.activeElement);
    shown?.showModal();
    // The focus goes to the next action, not to the close button.
    for (const first of firsts) {
      const found = shown?.querySelector<HTMLElement>(first);
      found?.focus();
      if (found) break;
    }
    return () => {
      shown?.close();
      // The menu item is gone by then: the focus goes to the button that opened the menu.
      const now = document.activeElement;
      if (now === document.body || shown?.contains(now) === true) menuButton?.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-label={title}
      // Prevents the browser from closing a dialog at the second press, which a page cannot cancel.
      onKeyDown={(event) => isShownOnce && event.key === 'Escape' && event.preventDefault()}
      onCancel={(event) => (isShownOnce ? event.preventDefault() : onClose())}
      onPointerDown={(event) => !isShownOnce && event.target === event.currentTarget && onClose()}
    >
      <header className="dialog-head spread">
        <h2>{title}</h2>
        {isShownOnce ? null : (
          <button type="button" className="icon-button" onClick={onClose} aria-label="Close">
            <X size={16} aria-hidden />
          </button>
        )}
      </header>
      {children}
    </dialog>
  );
}

/** The button of the menu that contains an element. */
function buttonOfMenu(element: Element | null): HTMLElement | null {
  const name = element?.closest('[role=menu]')?.getAttribute('aria-labelledby');
  return name == null ? null : document.getElementById(name);
}
