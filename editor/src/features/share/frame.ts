/**
 * The messages to the embedding page: that the frame is ready, that it should be closed, and the height of a form. They never contain
 * anything that was written in the chat or form.
 */
type FrameMessage =
  { readonly heddle: 'ready' } | { readonly heddle: 'close' } | { readonly heddle: 'height'; readonly height: number };

interface Frame {
  readonly isEmbedded: boolean;
  /** Reports the height of an element to the embedding page, now and after each change. */
  readonly measure: (content: Element) => void;
}

/**
 * Exchanges messages with the embedding page, if the server has named its origin. `onOpen` is called when the embedding page opens the
 * frame, and gets a function that closes it. An inline frame is never opened or closed.
 */
export function joinFrame(body: HTMLElement, onOpen: (close: () => void) => void): Frame {
  const isEmbedded = body.dataset['embed'] !== undefined;
  const origin = body.dataset['parent'];
  if (window.parent === window || origin === undefined) return { isEmbedded, measure: () => undefined };
  const tell = (message: FrameMessage): void => window.parent.postMessage(message, origin);
  const close = (): void => tell({ heddle: 'close' });
  let isOpened = false;
  window.addEventListener('message', (event) => {
    if (event.source !== window.parent || event.origin !== origin) return;
    const data: unknown = event.data;
    if (typeof data !== 'object' || data === null || Reflect.get(data, 'heddle') !== 'open') return;
    isOpened = true;
    onOpen(close);
  });
  window.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && isOpened) close();
  });
  tell({ heddle: 'ready' });
  return {
    isEmbedded,
    measure: (content) => {
      const top = body.querySelector('.top')?.clientHeight ?? 0;
      new ResizeObserver(() => tell({ heddle: 'height', height: top + content.scrollHeight })).observe(content);
    },
  };
}
