import { looksLikeMarkdown } from './looks-like-markdown.js';

/**
 * A text as its words alone, for where there is room for a few lines: without the marks that Markdown writes.
 *
 * @example plainWords('# Yarn\n\n**Wool** is [warm](https://example.org)') // 'Yarn\n\nWool is warm'
 */
export function plainWords(text: string): string {
  if (!looksLikeMarkdown(text)) return text;
  return text
    .replace(/^```.*$\n?/gm, '')
    .replace(/^(\s*)(?:#{1,6}|>) +/gm, '$1')
    .replace(/^(\s*)[-*+] +/gm, '$1• ')
    .replace(/^\|?[ :|-]*-{3,}[ :|-]*$\n?/gm, '')
    .replace(/!?\[([^\]\n]*)\]\([^)\n]*\)/g, '$1')
    .replace(/(\*{1,3}|~~)(?=\S)([^*~\n]*[^*~\s])\1/g, '$2')
    .replace(/(\*\*|~~)/g, '')
    .replace(/`([^`\n]+)`/g, '$1');
}
