import type { AnchorHTMLAttributes, MouseEvent, ReactElement } from 'react';
import { navigate } from './route.js';

/** A link inside the editor. With a modifier key it behaves like a plain link; otherwise the page does not reload. */
export function Link({
  href,
  onClick,
  ...rest
}: AnchorHTMLAttributes<HTMLAnchorElement> & { readonly href: string }): ReactElement {
  const follow = (event: MouseEvent<HTMLAnchorElement>): void => {
    onClick?.(event);
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    event.preventDefault();
    navigate(href);
  };
  return <a {...rest} href={href} onClick={follow} ref={rest['aria-current'] === 'page' ? showCurrent : undefined} />;
}

/** Scrolls a row of tabs that is too narrow, so that the current tab is in view. */
function showCurrent(link: HTMLAnchorElement | null): void {
  const row = link?.parentElement ?? undefined;
  if (link === null || row === undefined || row.scrollWidth <= row.clientWidth) return;
  const { left, width } = link.getBoundingClientRect();
  row.scrollLeft += left - row.getBoundingClientRect().left - (row.clientWidth - width) / 2;
}
