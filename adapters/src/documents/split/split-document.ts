import type { Chunk, ParsedDocument, SplitterOptions, Tokenizer } from '@heddle/core';
import { markdownBlocks, paragraphs, type Block } from './blocks.js';
import { codeUnits } from './code-units.js';
import { fixedWindows } from './fixed-windows.js';
import { markdownSections, type Section } from './markdown-sections.js';
import { pack, type Range } from './pack.js';
import { createLocations } from './locations.js';
import { partsOf, sentencesOf, unitsOf, wordRuns, type Unit } from './units.js';
import { createTableColumns } from './table-columns.js';
import { createMeasure, type Measure } from './measure.js';

interface Cut extends Range {
  readonly headings?: readonly string[];
}

/**
 * Cuts a document into chunks, one at a time, so that a caller can pause between them. Each chunk's text is exactly
 * `document.text.slice(place.start, place.end)` and has at most `maxTokens` tokens.
 *
 * - `markdown`: each section is a passage, with its heading line; long sections are cut between blocks, then between sentences.
 * - `recursive`: paragraphs, then lines or sentences, then words, packed without regard to headings.
 * - `sentence`: whole sentences. `fixed`: token windows. `row`: one passage for each row, or for each line where there are no rows.
 *
 * With `parentTokens`, these passages are cut again into small ones of `maxTokens`; the place of a small passage names the range of its
 * parent.
 *
 * Every method but `fixed` cuts documents of rows between rows, and source code between definitions.
 *
 * @example for (const chunk of splitDocument(document, options, tokenizer)) console.log(chunk.place.headings, chunk.text);
 */
export function* splitDocument(
  document: ParsedDocument,
  options: SplitterOptions,
  tokenizer: Tokenizer,
): Generator<Chunk> {
  const { text } = document;
  const overlapTokens = Math.min(options.overlapTokens, Math.floor(options.maxTokens / 2));
  const measure = createMeasure(text, tokenizer, options.maxTokens);
  const finder = createLocations(document);
  const columns = document.format === 'markdown' ? createTableColumns(text) : undefined;
  for (const cut of cutsOf(document, measure, options, overlapTokens)) {
    if (cut.start >= cut.end) continue;
    const place = finder.at(cut.start, cut.end, withColumns(cut.headings, columns?.(cut.start)));
    yield {
      text: text.slice(cut.start, cut.end),
      place: cut.parent === undefined ? place : { ...place, parent: cut.parent },
      tokens: cut.tokens,
    };
  }
}

/** The passages, or with `parentTokens` the parts of larger passages. A part never crosses the end of its parent. */
function* cutsOf(
  document: ParsedDocument,
  measure: Measure,
  { kind, maxTokens, parentTokens }: SplitterOptions,
  overlapTokens: number,
): Generator<Cut & { readonly parent?: [number, number] }> {
  if (parentTokens === undefined || parentTokens <= maxTokens) {
    yield* cuts(document, measure, kind, overlapTokens);
    return;
  }
  for (const whole of cuts(document, measure.within(parentTokens), kind, 0)) {
    const parent: [number, number] = [whole.start, whole.end];
    for (const part of pack(measure, partsWithin(document, measure, kind, whole), { overlapTokens }))
      yield { ...part, headings: whole.headings, parent };
  }
}

/** The units of a larger passage: its sentences, or its blocks and their parts. */
function partsWithin(
  { format }: ParsedDocument,
  measure: Measure,
  kind: SplitterOptions['kind'],
  { start, end }: Range,
): Iterable<Unit> {
  if (kind === 'fixed') return wordRuns(measure, start, end);
  if (format === 'rows' || format === 'code' || kind === 'row') return partsOf(measure, { start, end, kind: 'lines' });
  if (kind === 'sentence') return sentenceUnits(measure, start, end);
  return flatten(measure, (format === 'markdown' ? markdownBlocks : paragraphs)(measure.text, start, end));
}

/** Adds the column names as the last heading if the passage begins in the middle of a table. */
const withColumns = (
  headings: readonly string[] | undefined,
  names: string | undefined,
): readonly string[] | undefined => (names === undefined ? headings : [...(headings ?? []), names]);

function* cuts(
  document: ParsedDocument,
  measure: Measure,
  kind: SplitterOptions['kind'],
  overlapTokens: number,
): Generator<Cut> {
  if (kind === 'row') yield* withHeadings(document, rows(document, measure, true));
  else if (kind === 'fixed') yield* withHeadings(document, fixedWindows(measure, overlapTokens));
  else if (document.format === 'rows') yield* rows(document, measure, false);
  else if (document.format === 'code')
    yield* pack(measure, codeUnits(measure, 0, measure.text.length), { overlapTokens: 0 });
  else if (kind === 'markdown') yield* sectionCuts(document, measure, overlapTokens);
  else {
    const units =
      kind === 'sentence'
        ? sentenceUnits(measure, 0, measure.text.length)
        : flatten(measure, paragraphs(measure.text, 0, measure.text.length));
    yield* withHeadings(document, pack(measure, units, { overlapTokens }));
  }
}

function* sectionCuts(document: ParsedDocument, measure: Measure, overlapTokens: number): Generator<Cut> {
  const blocksOf = document.format === 'markdown' ? markdownBlocks : paragraphs;
  for (const section of document.format === 'markdown' ? markdownParts(document) : textParts(document)) {
    const blocks = blocksOf(measure.text, section.start, section.end);
    for (const range of pack(measure, flatten(measure, blocks), { overlapTokens }))
      yield { ...range, headings: section.headings };
  }
}

type Part = Pick<Section, 'start' | 'end' | 'headings'>;

/** The sections of Markdown. A heading without text of its own is joined to its first subsection. */
function* markdownParts(document: ParsedDocument): Generator<Part> {
  let held: Section | undefined;
  for (const section of markdownSections(document.text)) {
    const isBare = section.level > 0 && document.text.slice(section.body, section.end).trim() === '';
    const start = held?.start ?? section.start;
    if (held !== undefined && section.level <= held.level) {
      yield held;
      held = isBare ? section : undefined;
      if (!isBare) yield section;
    } else if (isBare) held = { ...section, start };
    else {
      yield { ...section, start };
      held = undefined;
    }
  }
  if (held !== undefined) yield held;
}

/** The sections of plain text, taken from its spans. */
function* textParts(document: ParsedDocument): Generator<Part> {
  let open: { start: number; end: number; headings: readonly string[] } = { start: 0, end: 0, headings: [] };
  for (const span of document.spans) {
    const headings = span.headings ?? [];
    if (headings.join('\n') !== open.headings.join('\n')) {
      if (span.start > open.start) yield { ...open, end: span.start };
      open = { start: span.start, end: span.end, headings };
    }
  }
  if (document.text.length > open.start) yield { ...open, end: document.text.length };
}

/** One passage for each row, or as many rows in a passage as fit. Rows under different headings (sheets) are never joined. */
function* rows(document: ParsedDocument, measure: Measure, isEach: boolean): Generator<Cut> {
  if (document.format !== 'rows') {
    for (const line of partsOf(measure, { start: 0, end: measure.text.length, kind: 'lines' })) yield line;
    return;
  }
  let group: Block[] = [];
  let headings: readonly string[] = [];
  const flush = function* (): Generator<Cut> {
    for (const range of pack(measure, flatten(measure, group), { overlapTokens: 0 })) yield { ...range, headings };
    group = [];
  };
  for (const span of document.spans) {
    const path = span.headings ?? [];
    if (isEach || group.length >= 256 || path.join('\n') !== headings.join('\n')) yield* flush();
    headings = path;
    group.push({ start: span.start, end: span.end, kind: 'lines' });
  }
  yield* flush();
}

function* flatten(measure: Measure, blocks: Iterable<Block>): Generator<Unit> {
  for (const block of blocks) yield* unitsOf(measure, block);
}

function* sentenceUnits(measure: Measure, from: number, to: number): Generator<Unit> {
  for (const block of paragraphs(measure.text, from, to)) {
    for (const [start, end] of sentencesOf(measure.text, block.start, block.end)) {
      yield* unitsOf(measure, { start, end, kind: 'paragraph' });
    }
  }
}

/** Adds the headings above each range, for methods that ignore headings. */
function* withHeadings(document: ParsedDocument, ranges: Iterable<Range>): Generator<Cut> {
  if (document.format !== 'markdown') {
    yield* ranges;
    return;
  }
  const sections = markdownSections(document.text);
  let section = sections.next();
  for (const range of ranges) {
    while (section.done !== true && section.value.end <= range.start) section = sections.next();
    yield section.done === true ? range : { ...range, headings: section.value.headings };
  }
}
