import { fitJsonSchema, HeddleError, parseValue, type JsonObject, type Message } from '@heddle/core';

export const repairRounds = 2;

/**
 * Adds the schema to the prompt for a model that does not enforce schemas. It extends the last message if that is from the user, because
 * some templates do not allow two consecutive messages of one role.
 */
export function requestSchema(messages: readonly Message[], schema: JsonObject): readonly Message[] {
  const instruction = `Answer with one JSON value and nothing else: no words around it, no code fence. It must fit this JSON schema:\n${JSON.stringify(schema)}`;
  const last = messages.at(-1);
  if (last?.role !== 'user') return [...messages, { role: 'user', content: instruction }];
  const content =
    typeof last.content === 'string'
      ? `${last.content}\n\n${instruction}`
      : [...last.content, { type: 'text' as const, text: instruction }];
  return [...messages.slice(0, -1), { ...last, content }];
}

/** Adds the request to repair an answer that does not fit. */
export function requestRepair(
  messages: readonly Message[],
  answer: string,
  problem: string,
  schema: JsonObject,
): readonly Message[] {
  return [
    ...messages,
    { role: 'assistant', content: answer.slice(0, 100_000) === '' ? '(nothing)' : answer.slice(0, 100_000) },
    {
      role: 'user',
      content: `That does not fit: ${problem}. Answer with the corrected JSON value and nothing else. The JSON schema is:\n${JSON.stringify(schema)}`,
    },
  ];
}

/** The JSON of an answer, or why none fits. */
type CheckedAnswer = { readonly json: string } | { readonly problem: string };

/** Extracts the JSON value from the text that a model wrote around it, and checks it. */
export function checkAnswer(answer: string, schema: JsonObject): CheckedAnswer {
  const json = cutOutJson(answer);
  let value: unknown;
  try {
    value = parseValue(json, 'The answer');
  } catch (error) {
    if (error instanceof HeddleError) return { problem: error.message };
    return { problem: json === '' ? 'the answer is empty' : 'the answer is not valid JSON' };
  }
  const problem = fitJsonSchema(schema, value);
  return problem === undefined ? { json } : { problem };
}

function cutOutJson(answer: string): string {
  const text = answer.trim();
  const fenced = /^```[a-z]*\s*\n([\s\S]*?)\n?```$/i.exec(text)?.[1]?.trim();
  if (fenced !== undefined) return fenced;
  if (isJson(text)) return text;
  const start = text.search(/[[{]/);
  if (start < 0) return text;
  const end = text.lastIndexOf(text[start] === '{' ? '}' : ']');
  return end > start ? text.slice(start, end + 1) : text;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
