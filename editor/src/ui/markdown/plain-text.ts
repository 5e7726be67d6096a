import { isLikelyMarkdown } from './is-likely-markdown.js';

/**
 * Removes Markdown marks from a text, for previews of a few lines.
 *
 * @example plainText('# Yarn\n\n**Wool** is [warm](https://example.org)') // 'Yarn\n\nWool is warm'
 */
export function plainText(text: string): string {
  if (!isLikelyMarkdown(text)) return text;
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
