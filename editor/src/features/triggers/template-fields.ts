import type { PortDescription } from '@heddle/core';

export type TemplateTexts = Readonly<Record<string, string>>;

/** The texts of stored inputs. A text stays as it is; other values are shown as JSON. */
export function textsOf(inputs: Readonly<Record<string, unknown>> | undefined): TemplateTexts {
  return Object.fromEntries(
    Object.entries(inputs ?? {}).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}

/** The inputs to store for the texts. Empty fields are left out; undefined if all are empty. */
export function inputsOf(
  texts: TemplateTexts,
  ports: readonly PortDescription[],
): Readonly<Record<string, unknown>> | undefined {
  const types = new Map(ports.map(({ name, type }) => [name, type]));
  const entries = Object.entries(texts).filter(([, text]) => text.trim() !== '');
  if (entries.length === 0) return undefined;
  return Object.fromEntries(entries.map(([name, text]) => [name, valueOf(text, types.get(name) ?? 'Text')]));
}

function valueOf(text: string, type: string): unknown {
  if (type === 'Text' || text.includes('{{')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
