const signs = /^(?:#{1,6} \S|[-*+] \S|\d{1,3}[.)] \S|> \S|```|\|.*\|)|\*\*[^*\n]+\*\*|\[[^\]\n]+\]\([^)\n]+\)/m;

/** Whether a text uses Markdown, such as headings, lists, quotes, code, tables, bold text or links. Checks only its beginning. */
export function isLikelyMarkdown(text: string): boolean {
  return signs.test(text.slice(0, 4000));
}
