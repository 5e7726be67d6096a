import { withoutUndefined, type DocumentInfo, type DocumentInput, type LineBoxes, type Passage } from '@heddle/core';

const mostPages = 1_000_000;

/**
 * Rebuilds a document from its passages if its original is not kept. Overlapping text appears once. Headings, pages, format and line boxes
 * come from the passages.
 */
export function documentFromIndex(info: DocumentInfo, passages: readonly Passage[]): DocumentInput {
  let text = '';
  let written = 0;
  const lines: number[] = [];
  const pages: [number, number][] = [];
  let unit: LineBoxes['unit'] = 'pt';
  const spans = passages.flatMap(({ text: part, place }) => {
    const { start: from, end: to, headings, page, row } = place ?? {};
    const isSlice = from !== undefined && to !== undefined && to - from === part.length;
    const shared = isSlice ? Math.min(Math.max(0, written - from), part.length) : 0;
    const isOverlap = shared > 0 && text.endsWith(part.slice(0, shared));
    if (!isOverlap && text !== '') text += '\n\n';
    const start = text.length;
    text += isOverlap ? part.slice(shared) : part;
    if (to !== undefined) written = Math.max(written, to);
    const repeated = isOverlap ? shared : 0;
    for (const boxes of place?.boxes ?? []) {
      ({ unit } = boxes);
      while (pages.length < Math.min(boxes.page, mostPages)) pages.push([0, 0]);
      pages[boxes.page - 1] = [boxes.width, boxes.height];
      for (const [left, top, right, bottom, offset] of boxes.lines)
        if (offset >= repeated)
          lines.push(start + offset - repeated, boxes.page, ...[left, top, right, bottom].map((edge) => edge * 10));
    }
    if (start === text.length) return [];
    return [{ start, end: text.length, ...withoutUndefined({ page, row, headings }) }];
  });
  const { id, title, source, mediaType, label, metadata, hash, size } = info;
  return {
    id,
    title,
    content: text,
    mediaType,
    parsed: {
      mediaType,
      title,
      text,
      format: 'text',
      spans,
      ...(lines.length === 0 ? {} : { boxes: { unit, pages, lines: Int32Array.from(lines) } }),
    },
    madeFrom: { hash, size },
    readers: info.readers ?? null,
    ...withoutUndefined({ source, label, metadata }),
  };
}
