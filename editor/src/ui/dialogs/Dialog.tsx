import { X } from 'lucide-react';
import { useLayoutEffect, useRef, type ReactElement, type ReactNode } from 'react';

/**
 * The element that takes the focus when the dialog opens, in this order: a field, a checkbox, a button that copies, or the first button at
 * the bottom, which changes nothing.
 */
const firsts = [
  'input:not([type=radio], [type=checkbox], [hidden]), textarea, select',
  'input[type=checkbox]',
  '.copy-text button',
  '.dialog-actions button',
];

/**
 * A modal dialog. Escape or a click beside it closes it, and the focus returns to where it was. If its content is shown only once, it
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
  // Closes the dialog while it is still in the page, because the browser returns the focus only then.
  useLayoutEffect(() => {
    const shown = dialog.current;
    const menuButton = buttonOfMenu(document.activeElement);
    shown?.showModal();
    // The first element of the content takes the focus, not the close button.
    for (const first of firsts) {
      const found = shown?.querySelector<HTMLElement>(first);
      found?.focus();
      if (found) break;
    }
    return () => {
      shown?.close();
      // A menu item that opened the dialog no longer exists, so the button of its menu takes the focus.
      const now = document.activeElement;
      if (now === document.body || shown?.contains(now) === true) menuButton?.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-label={title}
      // Browsers close a dialog when Escape is pressed a second time, even if the first press was prevented.
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

/** The button that opened the menu in which an element is. */
function buttonOfMenu(element: Element | null): HTMLElement | null {
  const name = element?.closest('[role=menu]')?.getAttribute('aria-labelledby');
  return name == null ? null : document.getElementById(name);
}
