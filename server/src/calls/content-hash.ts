import { hash } from 'node:crypto';

/** The hash of a text: `sha256:<hex>`. */
export function contentHash(text: string): string {
  return `sha256:${hash('sha256', text)}`;
}
