import { useEffect, useRef, useState, type ReactElement, type ReactNode } from 'react';
import { reachWithin } from './read/reach-within.js';

/** A text clamped to the number of lines that its class sets. The hidden part cannot be reached by keyboard until the text is opened. */
export function CutText({
  as: Box,
  className,
  canOpen = false,
  children,
}: {
  readonly as: 'div' | 'blockquote';
  readonly className?: string;
  /** Whether the text opens in place. Otherwise an element around it links to the whole text. */
  readonly canOpen?: boolean;
  readonly children: ReactNode;
}): ReactElement {
  const box = useRef<HTMLElement>(null);
  const attach = (element: HTMLElement | null): void => void (box.current = element);
  const [isOpen, setOpen] = useState(false);
  const [isCut, setCut] = useState(false);
  useEffect(() => {
    const { current } = box;
    if (current === null) return undefined;
    const measure = (): void => setCut(reachWithin(current, isOpen));
    const sizes = new ResizeObserver(measure);
    // The text renders again when the Markdown component is loaded.
    const text = new MutationObserver(() => {
      for (const child of current.children) sizes.observe(child);
      measure();
    });
    text.observe(current, { childList: true, characterData: true, subtree: true });
    sizes.observe(current);
    for (const child of current.children) sizes.observe(child);
    measure();
    return () => {
      text.disconnect();
      sizes.disconnect();
    };
  }, [isOpen]);
  return (
    <>
      <Box ref={attach} className={className} data-open={isOpen || undefined}>
        {children}
      </Box>
      {canOpen && (isCut || isOpen) ? (
        <button
          type="button"
          className="button button-small"
          aria-expanded={isOpen}
          onClick={() => setOpen((before) => !before)}
        >
          {isOpen ? 'Show less' : 'Show all'}
        </button>
      ) : null}
    </>
  );
}
