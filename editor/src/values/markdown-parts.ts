import { lazy, type ComponentType } from 'react';
import type { Segment } from './mark-tokens.js';

type Body = ComponentType<{ readonly text: string; readonly marks?: readonly Segment[] | undefined }>;
type Growing = ComponentType<{ readonly text: string; readonly isWriting: boolean }>;

let loaded: { readonly Body: Body; readonly Growing: Growing } | undefined;

/** Both ways to read Markdown come together: a text that was just written is shown again, whole, without a plain moment between. */
async function load() {
  const [body, growing] = await Promise.all([import('./MarkdownBody.js'), import('./GrowingBody.js')]);
  loaded = { Body: body.default, Growing: growing.default };
  return loaded;
}
const LazyBody = lazy(async () => ({ default: (await load()).Body }));
const LazyGrowing = lazy(async () => ({ default: (await load()).Growing }));

/** What shows Markdown, at once where its reader is loaded already. */
export const bodyNow = (): Body => loaded?.Body ?? LazyBody;
/** What shows Markdown that is still being written. */
export const growingNow = (): Growing => loaded?.Growing ?? LazyGrowing;
