/** The Markdown under one heading. Sections are consecutive and cover the text after the front matter. */
export interface Section {
  readonly start: number;
  /** The start of the text under the heading; `start` if there is no heading. */
  readonly body: number;
  readonly end: number;
  /** The heading path, outermost first, including the section's own heading. */
  readonly headings: readonly string[];
  /** 1 to 6; 0 before the first heading. */
  readonly level: number;
}

interface Heading {
  readonly level: number;
  readonly title: string;
}

/** Splits Markdown at its headings; headings inside code fences do not count. Lazy and linear. */
export function* markdownSections(text: string): Generator<Section> {
  const path: Heading[] = [];
  const first = frontMatterEnd(text);
  let section = { start: first, body: first, level: 0 };
  let headings: readonly string[] = [];
  let fence: string | undefined;
  let before = { start: first, line: '' };
  let beforeIsAlone = false;
  for (let start = first; start < text.length;) {
    const end = lineEnd(text, start);
    const line = text.slice(start, Math.min(end, start + 1000));
    const next = Math.min(end + 1, text.length);
    if (fence !== undefined) {
      if (closesFence(line, fence)) fence = undefined;
    } else {
      fence = opensFence(line);
      const setext = fence === undefined && beforeIsAlone ? setextHeading(before.line, line) : undefined;
      const heading = setext ?? (fence === undefined ? atxHeading(line) : undefined);
      if (heading !== undefined) {
        const begin = setext === undefined ? start : before.start;
        if (begin > section.start) yield { ...section, end: begin, headings };
        while (path.length > 0 && (path.at(-1)?.level ?? 0) >= heading.level) path.pop();
        path.push(heading);
        headings = path.map((entry) => entry.title);
        section = { start: begin, body: next, level: heading.level };
      }
    }
    beforeIsAlone = fence === undefined && line.trim() !== '' && before.line.trim() === '';
    before = { start, line };
    start = next;
  }
  if (section.start < text.length) yield { ...section, end: text.length, headings };
}

/** The offset of the text after YAML front matter. */
export function frontMatterEnd(text: string): number {
  if (!text.startsWith('---\n')) return 0;
  const end = text.indexOf('\n---\n', 3);
  return end > 0 && end < 16_384 ? end + 5 : 0;
}

/** The end of the line that contains `start`, without its newline. */
export function lineEnd(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end;
}

/** The marker of a code fence that a line opens; undefined for other lines. */
export function opensFence(line: string): string | undefined {
  const marker = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
  if (marker === undefined) return undefined;
  return marker.startsWith('`') && line.slice(line.indexOf(marker) + marker.length).includes('`') ? undefined : marker;
}

/** Whether a line closes a fence that `marker` opened. */
export function closesFence(line: string, marker: string): boolean {
  const trimmed = line.trim();
  return trimmed.length >= marker.length && trimmed === marker.charAt(0).repeat(trimmed.length) && !/^ {4}/.test(line);
}

function atxHeading(line: string): Heading | undefined {
  const marks = /^ {0,3}(#{1,6})(?=[ \t]|$)/.exec(line);
  if (marks?.[1] === undefined) return undefined;
  const title = plainTitle(withoutClosingMarks(line.slice(marks[0].length).trim()));
  return title === '' ? undefined : { level: marks[1].length, title };
}

function withoutClosingMarks(title: string): string {
  let end = title.length;
  while (end > 0 && title[end - 1] === '#') end -= 1;
  return end < title.length && (end === 0 || /\s/.test(title[end - 1] ?? '')) ? title.slice(0, end).trimEnd() : title;
}

function setextHeading(above: string, line: string): Heading | undefined {
  if (!/^ {0,3}(={2,}|-{3,})$/.test(line.trimEnd()) || /^\s*([|>\-*+#]|\d+[.)]\s)/.test(above)) return undefined;
  return { level: line.trim().startsWith('=') ? 1 : 2, title: plainTitle(above.trim()) };
}

/** A heading's text without inline markup. */
function plainTitle(title: string): string {
  return title
    .replace(/!?\[([^\][]{0,500})\]\([^()]{0,500}\)/g, '$1')
    .replace(/[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}/g, (mark) => (mark.startsWith('_') && mark.length === 1 ? mark : ''))
    .replace(/\\([\\`*_{}[\]()#+\-.!|])/g, '$1')
    .trim();
}
