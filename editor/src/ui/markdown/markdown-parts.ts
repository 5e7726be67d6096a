import { lazy, type ComponentType } from 'react';
import type { Segment } from './mark-tokens.js';

type Body = ComponentType<{ readonly text: string; readonly marks?: readonly Segment[] | undefined }>;
type Growing = ComponentType<{ readonly text: string; readonly isWriting: boolean }>;

let loaded: { readonly Body: Body; readonly Growing: Growing } | undefined;

/** Loads both Markdown components together, so that a text that has finished streaming is never shown unformatted for a moment. */
export async function loadReaders() {
  const [body, growing] = await Promise.all([import('./MarkdownBody.js'), import('./GrowingBody.js')]);
  loaded = { Body: body.default, Growing: growing.default };
  return loaded;
}
const LazyBody = lazy(async () => ({ default: (await loadReaders()).Body }));
const LazyGrowing = lazy(async () => ({ default: (await loadReaders()).Growing }));

/** The Markdown component: renders at once if it is loaded, otherwise lazily. */
export const bodyNow = (): Body => loaded?.Body ?? LazyBody;
/** The component for streaming Markdown: renders at once if it is loaded, otherwise lazily. */
export const growingNow = (): Growing => loaded?.Growing ?? LazyGrowing;
