import { restoreText, type Redactions } from './placeholders.js';

/** The most characters of a placeholder. */
const longest = 42;

/** Restores values in a streamed text. Only text that may be the start of a placeholder is held back. */
export function createRestoreStream(redactions: Pick<Redactions, 'values'>): {
  push(delta: string): string;
  end(): string;
} {
  let open = '';
  return {
    push(delta) {
      open += delta;
      const from = open.lastIndexOf('<');
      const mayGoOn = from >= 0 && open.length - from < longest && /^<[A-Z0-9_]*$/.test(open.slice(from));
      const ready = mayGoOn ? open.slice(0, from) : open;
      open = open.slice(ready.length);
      return restoreText(ready, redactions);
    },
    end: () => restoreText(open, redactions),
  };
}
