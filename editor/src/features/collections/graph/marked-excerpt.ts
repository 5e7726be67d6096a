import type { Segment } from '../../../ui/markdown/mark-tokens.js';

/** The length of an excerpt in characters, about five lines. */
const mostCharacters = 420;
/** How many characters an excerpt shows before the first mark. */
const before = 120;

/** An excerpt of a passage around an entity's name, with every occurrence of the name marked. */
export function markedExcerpt(text: string, name: string): readonly Segment[] {
  const parts = name.match(/[\p{L}\p{N}]+/gu) ?? [];
  // The parts of a name may be separated by a line end, a hyphen or a full stop.
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

/** The start of the first word at or after an offset; the offset itself if the text has no spaces. */
function wordStart(text: string, offset: number): number {
  const space = text.slice(offset, offset + 40).search(/\s/);
  return space < 0 ? offset : offset + space + 1;
}
