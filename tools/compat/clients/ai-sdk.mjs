// Checks of the unmodified AI SDK against an OpenAI-compatible address: one JSON line a check.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { createOpenAI } from '@ai-sdk/openai';
import { embed, generateObject, generateText, stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';

const [baseURL, apiKey] = process.argv.slice(2);
const provider = createOpenAICompatible({
  ...{ name: 'heddle', baseURL, apiKey },
  ...{ includeUsage: true, supportsStructuredOutputs: true },
});
const id = 'smollm2-135m';
const model = provider(id);
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

// The provider of OpenAI speaks Responses by itself.
const openai = createOpenAI({ baseURL, apiKey });
const over = { model: openai(id), maxOutputTokens: 60, maxRetries: 0 };

await check('responses: generateText', async () => {
  const { text, usage } = await generateText({ ...over, system: 'Be short.', prompt });
  truthy(text !== '' && usage.outputTokens > 0, 'no text or usage');
});
await check('responses: streamText', async () => {
  const result = streamText({ ...over, prompt });
  let text = '';
  for await (const part of result.textStream) text += part;
  const reason = await result.finishReason;
  truthy(text !== '' && ['stop', 'length'].includes(reason), `ended as ${reason}`);
});
await check('responses: generateObject', async () => {
  const schema = z.object({ city: z.string().max(20), count: z.int().min(0).max(9) });
  const { object } = await generateObject({ ...over, schema, prompt: 'A city and a number.' });
  truthy(Number.isInteger(object.count), 'does not fit');
});
await check('responses: tools in steps, and the messages of before', async () => {
  let called = 0;
  const count = tool({
    description: 'Counts the looms of a city.',
    inputSchema: z.object({ city: z.string().max(20) }),
    execute: async () => {
      called += 1;
      return '7';
    },
  });
  const messages = [{ role: 'user', content: 'How many looms has Rome? Call count.' }];
  const result = await generateText({
    ...over,
    ...{ messages, tools: { count }, stopWhen: stepCountIs(2) },
    prepareStep: ({ stepNumber }) => ({ toolChoice: stepNumber === 0 ? 'required' : 'none' }),
  });
  truthy(
    called > 0 && result.steps.length === 2 && result.text !== '',
    `${called} calls, ${result.steps.length} steps`,
  );
  const next = await generateText({
    ...over,
    messages: [...messages, ...result.response.messages, { role: 'user', content: 'And Paris?' }],
  });
  truthy(next.text !== '', 'no text after the messages of before');
});
await check('responses: previousResponseId', async () => {
  const first = await generateText({ ...over, prompt: 'My name is Ada.' });
  const { responseId: previousResponseId } = first.providerMetadata.openai;
  const again = await generateText({
    ...over,
    prompt: 'Say hello.',
    providerOptions: { openai: { previousResponseId } },
  });
  truthy(again.text !== '' && again.usage.inputTokens > first.usage.inputTokens, 'the history is not there');
});
await check('responses: a workflow', async () => {
  const { text } = await generateText({ model: openai('says'), maxRetries: 0, prompt: 'tea' });
  truthy(text === 'You said tea', text);
});
