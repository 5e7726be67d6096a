import type { Tokenizer } from '@heddle/core';

interface ContextOf {
  readonly text: string;
  readonly tokens: number;
  /** Title and headings, outermost first. */
  readonly context: readonly string[];
  readonly header?: string | undefined;
}

/**
 * A line with more characters than this for each token of the window cannot fit, so its tokens are not counted: a title may have megabytes.
 */
const mostCharacters = 32;

/**
 * Returns the text that the embedder reads for a passage, and its tokens: its header, title and headings, each on its own line, then the
 * text. A title or heading is left out if the text contains it, or if it does not fit into the model's window together with the text; a
 * header is shortened.
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

/** The longest beginning that fits. */
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
