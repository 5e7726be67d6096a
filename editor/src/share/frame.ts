/** What the page around is told: that the chat is there, that it is to be closed, and how high a form is. Nothing that anybody said. */
export type FrameMessage =
  { readonly heddle: 'ready' } | { readonly heddle: 'close' } | { readonly heddle: 'height'; readonly height: number };

export interface Frame {
  readonly isEmbedded: boolean;
  /** Tells the page around how high this is, now and whenever it changes. */
  readonly measure: (content: Element) => void;
}

/**
 * Speaks with the page around, where the server has named its origin. `onOpen` hears that somebody opened the frame there, and how it is
 * closed again: a frame that nobody opened stands where it stands.
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
