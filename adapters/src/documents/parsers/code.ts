import type { ParsedDocument, TextSpan } from '@heddle/core';
import { mediaTypes } from '../kinds/kinds.js';
import { codeLines } from '../split/code-lines.js';

/** Matches a line that defines a class, a function or a type. */
const definition =
  /^\s*(?:(?:export|default|public|private|protected|internal|static|abstract|final|sealed|async|override|virtual|inline|extern|const|unsafe|pub(?:\([^)]*\))?|open|data|partial)\s+)*(?:class|interface|struct|enum|trait|impl|def|function\*?|func|fn|fun|module|namespace|type|object|record|protocol|extension|package|sub|defmodule|create\s+(?:or\s+replace\s+)?(?:table|view|function|procedure|trigger|index))\b/i;
/** Matches a method in languages without a keyword for it, such as `int main(int argc)`. */
const method = /^\s*(?:[\w<>[\],.*&:?]+\s+)*[\w$~]+\s*\([^;]*\)?[^;]*\{?\s*$/;
const statement =
  /^\s*(?:if|else|for|while|switch|catch|return|do|try|with|elif|except|case|await|throw|new|using|import|from|foreach|lock|assert|print)\b/;

/** Parses source code. The text stays unchanged; the classes and functions around a line are its headings. */
export function parseCode(text: string): ParsedDocument {
  const spans: TextSpan[] = [];
  const open: { readonly indent: number; readonly name: string }[] = [];
  let from = 0;
  let headings: readonly string[] = [];
  const close = (end: number): void => {
    if (end > from) spans.push({ start: from, end, ...(headings.length === 0 ? {} : { headings }) });
    from = end;
  };
  for (const { start, end, indent, isBlank, isCloser } of codeLines(text, 0, text.length)) {
    if (isBlank) continue;
    const line = text.slice(start, Math.min(end, start + 300));
    while (open.length > 0 && (open.at(-1)?.indent ?? 0) >= indent && !isCloser) open.pop();
    const isDefinition =
      open.length < 3 &&
      indent <= 8 &&
      !statement.test(line) &&
      (definition.test(line) || (method.test(line) && line.trimEnd().endsWith('{')));
    if (isDefinition) open.push({ indent, name: nameOf(line) });
    const path = open.map(({ name }) => name);
    if (path.join('\n') === headings.join('\n')) continue;
    close(start);
    headings = path;
  }
  close(text.length);
  return { mediaType: mediaTypes.code, format: 'code', text, spans };
}

const nameOf = (line: string): string =>
  line
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/\s*[{:]\s*$/, '')
    .slice(0, 120);
