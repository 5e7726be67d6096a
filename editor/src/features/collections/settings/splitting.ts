import { NewSplitter, type SplitterOptions } from '@heddle/core';

const splitters = NewSplitter.shape.kind.unwrap().options;
export type SplitterKind = (typeof splitters)[number];

/** The description of each splitter. */
export const splitterText: Readonly<Record<SplitterKind, string>> = {
  markdown: 'By headings and paragraphs',
  recursive: 'By paragraphs, then sentences',
  sentence: 'By sentences',
  fixed: 'By size only',
  row: 'By rows, for tables',
};

/** The splitters as choices of a field. */
export const splitterChoices = splitters.map((kind) => [kind, splitterText[kind]] as const);

/** The messages for invalid values in a form about splitting. */
export const splitterProblems = {
  maxTokens: 'The passage size is a whole number from 16 to 8,192; leave it empty for what the model reads.',
  parentTokens: 'The size of larger passages is a whole number from 32 to 8,192; leave it empty for none.',
  overlapTokens: 'The overlap is a whole number from 0 to 1,024.',
  header: 'The model of the headers has at most 256 characters, and its instructions at most 2,000.',
};

/** A splitter in a line. @example describeSplitter(info.splitter) // 'By sentences, 128 tokens, overlap 20, with title and headings' */
export const describeSplitter = ({
  kind,
  maxTokens,
  overlapTokens,
  parentTokens,
  context = false,
  header,
}: SplitterOptions): string =>
  `${splitterText[kind]}, ${maxTokens.toLocaleString()} tokens, overlap ${overlapTokens}${parentTokens === undefined ? '' : `, cut from passages of ${parentTokens.toLocaleString()}`}${context ? ', with title and headings' : ''}${header === undefined ? '' : `, headers by ${header.model}`}`;
