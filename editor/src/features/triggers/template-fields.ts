import type { PortDescription } from '@heddle/core';

/** Template texts by input. */
export type TemplateTexts = Readonly<Record<string, string>>;

/** The texts of stored inputs: a text as it is, anything else as JSON. */
export function textsOf(inputs: Readonly<Record<string, unknown>> | undefined): TemplateTexts {
  return Object.fromEntries(
    Object.entries(inputs ?? {}).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}

/** The stored inputs of the texts; an empty field is left out, and without any the result is undefined. */
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
