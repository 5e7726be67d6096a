// Checks Vercel's AI SDK.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { createOpenAI } from '@ai-sdk/openai';
import { embed, embedMany, generateObject, generateText, stepCountIs, streamText, tool } from 'ai';
import { z } from 'zod';
import {
  apiKey,
  base,
  check,
  continues,
  embedder,
  model as id,
  newThread,
  question as prompt,
  refused,
  truthy,
  width,
} from './checks.mjs';

const provider = createOpenAICompatible({
  ...{ name: 'heddle', baseURL: base, apiKey },
  ...{ includeUsage: true, supportsStructuredOutputs: true },
});
const model = provider(id);
const shared = { model, maxOutputTokens: 24, maxRetries: 0 };

await check('chat: generateText', async () => {
  const { text, usage } = await generateText({ ...shared, prompt });
  truthy(text !== '' && usage.outputTokens > 0, 'no text or usage');
});
await check('stream: streamText', async () => {
  const result = streamText({ ...shared, prompt });
  let text = '';
  for await (const part of result.textStream) text += part;
  truthy(
    text !== '' && ['stop', 'length'].includes(await result.finishReason),
    `ended as ${await result.finishReason}`,
  );
});
await check('structured output: generateObject', async () => {
  const schema = z.object({ city: z.string().max(20), count: z.int().min(0).max(9) });
  const { object } = await generateObject({ ...shared, maxOutputTokens: 60, schema, prompt: 'A city and a number.' });
  truthy(Number.isInteger(object.count), 'does not fit');
});
await check('embeddings: embed', async () => {
  const { embedding } = await embed({ model: provider.textEmbeddingModel(embedder), value: 'a loom' });
  truthy(embedding.length === width, 'wrong vector');
});
await check('chat: several turns', async () => {
  const messages = [
    { role: 'user', content: 'My name is Ada.' },
    { role: 'assistant', content: 'Hello Ada.' },
    { role: 'user', content: [{ type: 'text', text: 'Say hello.' }] },
  ];
  truthy((await generateText({ ...shared, messages })).text !== '', 'no text');
});

// The OpenAI provider uses the Responses API by default.
const openai = createOpenAI({ baseURL: base, apiKey });
const over = { model: openai(id), maxOutputTokens: 60, maxRetries: 0 };

await check('chat: responses', async () => {
  const { text, usage } = await generateText({ ...over, system: 'Be short.', prompt });
  truthy(text !== '' && usage.outputTokens > 0, 'no text or usage');
});
await check('stream: responses', async () => {
  const result = streamText({ ...over, prompt });
  let text = '';
  for await (const part of result.textStream) text += part;
  const reason = await result.finishReason;
  truthy(text !== '' && ['stop', 'length'].includes(reason), `ended as ${reason}`);
});
await check('structured output: responses', async () => {
  const schema = z.object({ city: z.string().max(20), count: z.int().min(0).max(9) });
  const { object } = await generateObject({ ...over, schema, prompt: 'A city and a number.' });
  truthy(Number.isInteger(object.count), 'does not fit');
});
await check('tools: responses in steps, and the messages of before', async () => {
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
await check('threads: previousResponseId', async () => {
  const first = await generateText({ ...over, prompt: 'My name is Ada.' });
  const { responseId: previousResponseId } = first.providerMetadata.openai;
  const again = await generateText({
    ...over,
    prompt: 'Say hello.',
    providerOptions: { openai: { previousResponseId } },
  });
  truthy(again.text !== '' && again.usage.inputTokens > first.usage.inputTokens, 'the history is not there');
});
await check('chat: a workflow by responses', async () => {
  const { text } = await generateText({ model: openai('says'), maxRetries: 0, prompt: 'tea' });
  truthy(text === 'You said tea', text);
});
await check('embeddings: embedMany', async () => {
  const { embeddings } = await embedMany({ model: provider.textEmbeddingModel(embedder), values: ['a loom', 'yarn'] });
  truthy(embeddings.length === 2 && embeddings.every(({ length }) => length === width), 'wrong vectors');
});
await check('tools: completions in steps', async () => {
  let called = 0;
  const execute = async () => {
    called += 1;
    return '7';
  };
  const count = tool({ description: 'Counts.', inputSchema: z.object({ city: z.string().max(20) }), execute });
  const { steps, text } = await generateText({
    ...{ ...shared, maxOutputTokens: 60, prompt: 'How many looms has Rome? Call count.' },
    ...{ tools: { count }, stopWhen: stepCountIs(2) },
    prepareStep: ({ stepNumber }) => ({ toolChoice: stepNumber === 0 ? 'required' : 'none' }),
  });
  truthy(called > 0 && steps.length === 2 && text !== '', `${called} calls, ${steps.length} steps`);
});
await check('threads: completions', async () => {
  const thread = await newThread();
  for (const said of ['tea', 'milk']) {
    const { text } = await generateText({
      ...{ model: provider('says'), maxRetries: 0, prompt: said },
      providerOptions: { heddle: { thread } },
    });
    truthy(text === `You said ${said}`, text);
  }
  await continues(thread, 'tea', 'milk');
});
await check('errors: an unknown model and a wrong key', async () => {
  await refused(generateText({ ...shared, model: provider('no-such-model'), prompt }), { statusCode: 404 });
  const stranger = createOpenAICompatible({ name: 'heddle', baseURL: base, apiKey: 'hk_wrong' });
  await refused(generateText({ ...shared, model: stranger(id), prompt }), { statusCode: 401 });
});
