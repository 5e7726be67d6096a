import { hash } from 'node:crypto';

/** The name of a text by its content: `sha256:<hex>`. */
export function contentHash(text: string): string {
  return `sha256:${hash('sha256', text)}`;
}
