import { createHash } from 'node:crypto';

/** Marks a text as data: the marks around it hold its hash, which the text itself cannot contain. */
export function framed(name: string, text: string): string {
  const mark = `${name}-${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
  return `<${mark}>\n${text}\n</${mark}>`;
}
