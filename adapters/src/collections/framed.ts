import { createHash } from 'node:crypto';

/** A text as data between marks that hold its hash, which the text cannot contain. */
export function framed(name: string, text: string): string {
  const mark = `${name}-${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
  return `<${mark}>\n${text}\n</${mark}>`;
}
