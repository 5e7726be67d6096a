import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';

/** A page in a spec: a React root in the document, and a fake API. */
export interface FakePage {
  readonly root: Root;
  leave(): void;
}

/**
 * Opens a page whose requests get the bodies that `reply` returns. Where it returns undefined, the reply is `refusal`: by default a 404
 * without a body.
 */
export function openFakePage(
  reply: (method: string, path: string, sent: unknown) => unknown,
  refusal: () => { readonly status: number; readonly body?: unknown } = () => ({ status: 404 }),
): FakePage {
  const realFetch = globalThis.fetch;
  const answer = (path: string, init: { readonly method?: string; readonly body?: string | FormData } = {}) => {
    const body = reply(init.method ?? 'GET', path, typeof init.body === 'string' ? JSON.parse(init.body) : init.body);
    const { status, body: given } = body === undefined ? { body: undefined, ...refusal() } : { status: 200, body };
    const json = (): Promise<unknown> => Promise.resolve(given);
    const text = (): Promise<string> => Promise.resolve(JSON.stringify(given) ?? '');
    return Promise.resolve({ ok: status === 200, status, headers: new Map(), json, text });
  };
  // Only the members of a response that the editor uses.
  globalThis.fetch = answer as unknown as typeof fetch;
  const container = document.createElement('div');
  document.body.append(container);
  const root = createRoot(container);
  return {
    root,
    leave: () => {
      act(() => root.unmount());
      container.remove();
      globalThis.fetch = realFetch;
    },
  };
}
