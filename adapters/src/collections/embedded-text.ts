import type { Tokenizer } from '@heddle/core';

/** A passage whose text is embedded with what it is about. */
interface ContextOf {
  readonly text: string;
  readonly tokens: number;
  /** Title and headings, outermost first. */
  readonly context: readonly string[];
  /** What a model wrote to place the passage in its document. */
  readonly header?: string | undefined;
}

/** A line with more characters for each token of the window cannot fit, so its tokens are not counted: a document may have a title of megabytes. */
const mostCharacters = 32;

/**
 * What the model reads of a passage, and its size in tokens: its header, title and headings, each on its own line, then the text. A
 * title or heading is left out if the text contains it, or if it does not fit the model's window together with the text; a header is shortened.
 */
export function embeddedText(
  { text, tokens, context, header }: ContextOf,
  tokenizer: Tokenizer,
  maxTokens: number,
): { readonly text: string; readonly tokens: number } {
  const lines: string[] = [];
  let total = tokens;
  const shortened = header === undefined ? '' : shorten(header, tokenizer, maxTokens - tokens);
  if (shortened !== '') {
    lines.push(shortened);
    total += tokenizer.count(shortened);
  }
  for (const line of new Set(context)) {
    if (line === '' || line.length > maxTokens * mostCharacters || text.includes(line)) continue;
    const size = tokenizer.count(line);
    if (total + size > maxTokens) continue;
    lines.push(line);
    total += size;
  }
  return { text: [...lines, text].join('\n'), tokens: total };
}

/** As much of its beginning as fits. */
function shorten(text: string, tokenizer: Tokenizer, room: number): string {
  const parts = text.split(' ');
  let fits = 0;
  let tooMany = parts.length + 1;
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >>> 1;
    if (tokenizer.count(parts.slice(0, middle).join(' ')) <= room) fits = middle;
    else tooMany = middle;
  }
  return parts.slice(0, fits).join(' ');
}
