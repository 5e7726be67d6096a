import type { Segment } from '../../../ui/markdown/mark-tokens.js';

/** Characters of an excerpt, about five lines. */
const mostCharacters = 420;
/** Characters before the first mark, where the text is cut. */
const before = 120;

/** An excerpt of a passage around the name of an entity, with the name marked wherever it stands. */
export function markedExcerpt(text: string, name: string): readonly Segment[] {
  const parts = name.match(/[\p{L}\p{N}]+/gu) ?? [];
  // Between the parts of a name, a text can have a line end, a hyphen or a full stop.
  const pattern = parts.map((word) => escaped(word)).join('[^\\p{L}\\p{N}]{1,3}');
  const wanted =
    parts.length === 0 ? undefined : new RegExp(`(?<![\\p{L}\\p{N}])(${pattern})(?![\\p{L}\\p{N}])`, 'giu');
  const first = wanted === undefined ? -1 : text.search(wanted);
  const start = text.length <= mostCharacters || first <= before ? 0 : wordStart(text, first - before);
  const end = text.length - start <= mostCharacters ? text.length : wordStart(text, start + mostCharacters);
  const shown = `${start === 0 ? '' : '… '}${text.slice(start, end)}${end === text.length ? '' : ' …'}`;
  if (wanted === undefined) return [{ text: shown, isMarked: false }];
  return shown
    .split(wanted)
    .map((part, index) => ({ text: part, isMarked: index % 2 === 1 }))
    .filter((part) => part.text !== '');
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** The beginning of the first word from an offset on; the offset itself in a text without spaces. */
function wordStart(text: string, offset: number): number {
  const space = text.slice(offset, offset + 40).search(/\s/);
  return space < 0 ? offset : offset + space + 1;
}
