import { isPlainObject, type ShownRequest } from '@heddle/core';

/** The choices of a question, and the property of the answer that holds the chosen one. */
interface RequestChoice {
  readonly property: string;
  readonly options: readonly string[];
}

/**
 * The choices of a question: its buttons, or the values of the only enumeration in its schema. An example without buttons is the question
 * before a node that must not run twice.
 */
export function choiceOf({ buttons = [], ...question }: ShownRequest['question']): RequestChoice | undefined {
  if (buttons.length > 0) return { property: 'choice', options: buttons.map(({ id }) => id) };
  const schema: unknown = question['schema'];
  const properties: unknown = isPlainObject(schema) ? schema['properties'] : undefined;
  if (!isPlainObject(properties)) return undefined;
  const lists = Object.entries(properties).flatMap(([property, shape]) => {
    const choices: unknown = isPlainObject(shape) ? shape['enum'] : undefined;
    return Array.isArray(choices) ? [{ property, options: choices.map(String) }] : [];
  });
  return lists.length === 1 ? lists[0] : undefined;
}
