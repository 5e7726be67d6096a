import type { Tokenizer } from '@heddle/core';

/** A passage whose text is embedded with what it is about. */
interface ContextOf {
  readonly text: string;
  readonly tokens: number;
  /** Title and headings, outermost first. */
  readonly context: readonly string[];
}

/**
 * What the model reads of a passage: title and headings on lines of their own, then the text. A title or heading that the
 * text contains, and one that does not fit the model's window with the text, is left out. Returns the tokens too.
 */
export function embeddedText(
  { text, tokens, context }: ContextOf,
  tokenizer: Tokenizer,
  maxTokens: number,
): { readonly text: string; readonly tokens: number } {
  const lines: string[] = [];
  let total = tokens;
  for (const line of new Set(context)) {
    if (line === '' || text.includes(line)) continue;
    const size = tokenizer.count(line);
    if (total + size > maxTokens) continue;
    lines.push(line);
    total += size;
  }
  return { text: [...lines, text].join('\n'), tokens: total };
}
