// Checks of the unmodified AI SDK against an OpenAI-compatible address: one JSON line a check.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { embed, generateObject, generateText, streamText } from 'ai';
import { z } from 'zod';

const [baseURL, apiKey] = process.argv.slice(2);
const provider = createOpenAICompatible({
  ...{ name: 'heddle', baseURL, apiKey },
  ...{ includeUsage: true, supportsStructuredOutputs: true },
});
const model = provider('smollm2-135m');
const prompt = 'The loom costs 149 euros. What does the loom cost? Answer in one sentence.';
const shared = { model, maxOutputTokens: 24, maxRetries: 0 };

async function check(name, work) {
  try {
    await work();
    console.log(JSON.stringify({ name }));
  } catch (error) {
    console.log(JSON.stringify({ name, error: `${error.name}: ${String(error.message).slice(0, 500)}` }));
  }
}
const truthy = (value, what) => {
  if (!value) throw new Error(what);
};

await check('generateText', async () => {
  const { text, usage } = await generateText({ ...shared, prompt });
  truthy(text !== '' && usage.outputTokens > 0, 'no text or usage');
});
await check('streamText', async () => {
  const result = streamText({ ...shared, prompt });
  let text = '';
  for await (const part of result.textStream) text += part;
  truthy(
    text !== '' && ['stop', 'length'].includes(await result.finishReason),
    `ended as ${await result.finishReason}`,
  );
});
await check('generateObject', async () => {
  const schema = z.object({ city: z.string().max(20), count: z.int().min(0).max(9) });
  const { object } = await generateObject({ ...shared, maxOutputTokens: 60, schema, prompt: 'A city and a number.' });
  truthy(Number.isInteger(object.count), 'does not fit');
});
await check('embed', async () => {
  const { embedding } = await embed({ model: provider.textEmbeddingModel('all-minilm-l6-v2'), value: 'a loom' });
  truthy(embedding.length === 384, 'wrong vector');
});
await check('several turns', async () => {
  const messages = [
    { role: 'user', content: 'My name is Ada.' },
    { role: 'assistant', content: 'Hello Ada.' },
    { role: 'user', content: [{ type: 'text', text: 'Say hello.' }] },
  ];
  truthy((await generateText({ ...shared, messages })).text !== '', 'no text');
});
