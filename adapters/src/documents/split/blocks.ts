import { closesFence, lineEnd, opensFence } from './markdown-sections.js';

/** A run of lines that belongs together. */
export interface Block {
  readonly start: number;
  /** The end, without the last newline. */
  readonly end: number;
  readonly kind: 'heading' | 'paragraph' | 'lines';
}

type LineKind = 'blank' | 'heading' | 'table' | 'item' | 'text';

/**
 * Splits a range of Markdown into headings, paragraphs, list items, tables and code fences. Tables and fences are blocks of kind `lines`:
 * they stay whole if they fit, and are otherwise split between lines. Lazy and linear.
 */
export function* markdownBlocks(text: string, from: number, to: number): Generator<Block> {
  let open: { start: number; end: number; line: LineKind } | undefined;
  const close = function* (): Generator<Block> {
    if (open !== undefined)
      yield { start: open.start, end: open.end, kind: open.line === 'table' ? 'lines' : 'paragraph' };
    open = undefined;
  };
  for (let start = from; start < to;) {
    const end = Math.min(lineEnd(text, start), to);
    const line = text.slice(start, Math.min(end, start + 1000));
    const fence = opensFence(line);
    if (fence !== undefined) {
      yield* close();
      const fenceEnd = endOfFence(text, end + 1, to, fence);
      yield { start, end: fenceEnd, kind: 'lines' };
      start = fenceEnd + 1;
      continue;
    }
    const kind = lineKind(line);
    if (kind === 'blank') yield* close();
    else if (kind === 'heading') {
      yield* close();
      yield { start, end, kind: 'heading' };
    } else if (open === undefined || kind === 'item' || (kind === 'table') !== (open.line === 'table')) {
      yield* close();
      open = { start, end, line: kind };
    } else open.end = end;
    start = end + 1;
  }
  yield* close();
}

/** Splits plain text at empty lines. Lazy and linear. */
export function* paragraphs(text: string, from: number, to: number): Generator<Block> {
  let open: { start: number; end: number } | undefined;
  for (let start = from; start < to;) {
    const end = Math.min(lineEnd(text, start), to);
    if (text.slice(start, Math.min(end, start + 1000)).trim() === '') {
      if (open !== undefined) yield { ...open, kind: 'paragraph' };
      open = undefined;
    } else open = { start: open?.start ?? start, end };
    start = end + 1;
  }
  if (open !== undefined) yield { ...open, kind: 'paragraph' };
}

function endOfFence(text: string, from: number, to: number, marker: string): number {
  for (let start = from; start < to;) {
    const end = Math.min(lineEnd(text, start), to);
    if (closesFence(text.slice(start, Math.min(end, start + 1000)), marker)) return end;
    start = end + 1;
  }
  return to;
}

function lineKind(line: string): LineKind {
  const trimmed = line.trimStart();
  if (trimmed === '') return 'blank';
  if (/^#{1,6}[ \t]/.test(trimmed)) return 'heading';
  if (trimmed.startsWith('|')) return 'table';
  return /^([-*+]|\d{1,9}[.)])[ \t]/.test(trimmed) ? 'item' : 'text';
}
