import { useEffect } from 'react';

/**
 * The title of the browser tab: the open item first, as a tab shows little, and the program last. The title stays while the name is not
 * known yet.
 */
export function useTitle(parts: readonly string[] | undefined): void {
  const title = parts === undefined ? undefined : [...parts, 'Heddle'].join(' · ');
  useEffect(() => {
    if (title !== undefined) document.title = title;
  }, [title]);
}
