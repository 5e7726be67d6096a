import type { GenerateRequest, LanguageModel } from '@heddle/core';

interface Asked extends Pick<GenerateRequest, 'maxTokens' | 'schema'> {
  readonly system: string;
  readonly prompt: string;
}

/** The text of a model's reply, without the reasoning that the model gives separately. */
export async function textOf(
  model: LanguageModel,
  { system, prompt, ...request }: Asked,
  signal: AbortSignal,
): Promise<string> {
  const messages = [
    { role: 'system', content: system },
    { role: 'user', content: prompt },
  ] as const;
  let text = '';
  for await (const event of model.generate({ messages, temperature: 0, ...request }, { signal }))
    if (event.type === 'text') text += event.text;
  return text;
}
