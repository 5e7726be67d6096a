import { withoutUndefined, type DocumentInfo, type DocumentInput, type Passage } from '@heddle/core';

/**
 * A document made from its passages, for one whose original is not there. Overlaps stand once; headings, pages and the format are those of
 * the passages.
 */
export function documentFromIndex(info: DocumentInfo, passages: readonly Passage[]): DocumentInput {
  let text = '';
  let written = 0;
  const spans = passages.flatMap(({ text: part, place }) => {
    const { start: from, end: to, headings, page, row } = place ?? {};
    const isSlice = from !== undefined && to !== undefined && to - from === part.length;
    const shared = isSlice ? Math.min(Math.max(0, written - from), part.length) : 0;
    const isOverlap = shared > 0 && text.endsWith(part.slice(0, shared));
    if (!isOverlap && text !== '') text += '\n\n';
    const start = text.length;
    text += isOverlap ? part.slice(shared) : part;
    if (to !== undefined) written = Math.max(written, to);
    if (start === text.length) return [];
    return [{ start, end: text.length, ...withoutUndefined({ page, row, headings }) }];
  });
  const { id, title, source, mediaType, label, metadata, hash, size } = info;
  return {
    id,
    title,
    content: text,
    mediaType,
    parsed: { mediaType, title, text, format: 'text', spans },
    madeFrom: { hash, size },
    readers: info.readers ?? null,
    ...withoutUndefined({ source, label, metadata }),
  };
}
