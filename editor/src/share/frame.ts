/** What the page around is told: that the chat is there, that it is to be closed, and how high a form is. Nothing that anybody said. */
export type FrameMessage =
  { readonly heddle: 'ready' } | { readonly heddle: 'close' } | { readonly heddle: 'height'; readonly height: number };

export interface Frame {
  readonly isEmbedded: boolean;
  /** Undefined where nobody around can close it. */
  readonly close: (() => void) | undefined;
}

/** Speaks with the page around, where the server has named its origin; `onOpen` hears that somebody opened the frame. */
export function joinFrame(body: HTMLElement, onOpen: () => void): Frame {
  const isEmbedded = body.dataset['embed'] !== undefined;
  const origin = body.dataset['parent'];
  if (window.parent === window || origin === undefined) return { isEmbedded, close: undefined };
  const tell = (message: FrameMessage): void => window.parent.postMessage(message, origin);
  window.addEventListener('message', (event) => {
    if (event.source !== window.parent || event.origin !== origin) return;
    const data: unknown = event.data;
    if (typeof data === 'object' && data !== null && Reflect.get(data, 'heddle') === 'open') onOpen();
  });
  window.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') tell({ heddle: 'close' });
  });
  tell({ heddle: 'ready' });
  new ResizeObserver(() => tell({ heddle: 'height', height: contentHeight() })).observe(body);
  return { isEmbedded, close: () => tell({ heddle: 'close' }) };
}

const contentHeight = (): number => {
  const top = document.querySelector('.top')?.clientHeight ?? 0;
  return top + (document.querySelector('.scroller > .column')?.scrollHeight ?? 0);
};
