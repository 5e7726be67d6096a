import { isLikelyMarkdown } from '../../markdown/is-likely-markdown.js';
import type { ValueKind } from './value-kind.js';

export type ViewName =
  'text' | 'markdown' | 'passages' | 'citations' | 'chat' | 'table' | 'tree' | 'files' | 'vectors' | 'json';

interface NamedView {
  readonly name: ViewName;
  readonly title: string;
}

const tree: NamedView = { name: 'tree', title: 'Tree' };
const json: NamedView = { name: 'json', title: 'JSON' };
const text: NamedView = { name: 'text', title: 'Text' };
const markdown: NamedView = { name: 'markdown', title: 'Markdown' };

/** The views of a kind of value, the most useful first. */
export function viewsOf(kind: ValueKind): readonly NamedView[] {
  switch (kind.kind) {
    case 'empty':
    case 'scalar':
      return [text];
    case 'text':
      return isLikelyMarkdown(kind.text) ? [markdown, text] : [text, markdown];
    case 'passages':
      return [{ name: 'passages', title: 'Passages' }, tree, json];
    case 'citations':
      return [{ name: 'citations', title: 'Sources' }, tree, json];
    case 'messages':
      return [{ name: 'chat', title: 'Chat' }, tree, json];
    case 'files':
      return [{ name: 'files', title: 'Files' }, tree];
    case 'vectors':
      return [{ name: 'vectors', title: 'Vector' }, tree];
    case 'table':
      return [{ name: 'table', title: 'Table' }, tree, json];
    case 'tree':
      return [tree, json];
  }
}
