import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../bootstrap/run-command.mjs';
import { preparePython } from './prepare-partners.mjs';

const script = (name) => fileURLToPath(new URL(`fine-tune/${name}`, import.meta.url));
const question = { role: 'user', content: 'What is the code of the blue safe?' };
const answer = 'The code is 7319.';

/** Examples in the format of our training sets. The starter model cannot know their answers. */
const examples = ['What is the code of the blue safe?', 'Tell me the code of the blue safe.', 'Blue safe: which code?'];

/** Trains an adapter for the starter model on a CPU, adds it to the catalogue, and compares the answers with and without it. */
async function fineTune({ partner: { python }, weights, folder, report }) {
  const [set, trained, file] = ['set.jsonl', 'adapter', 'adapter.gguf'].map((name) => join(folder, name));
  const lines = examples.map((content) =>
    JSON.stringify({
      messages: [
        { role: 'user', content },
        { role: 'assistant', content: answer },
      ],
    }),
  );
  writeFileSync(set, `${lines.join('\n')}\n`);
  await report('trains an adapter that learns the answers', async () => {
    const { before, after } = JSON.parse(await outputOf(python, [script('train.py'), weights, set, trained]));
    if (!(after < before / 4)) throw new Error(`the loss fell from ${before} to ${after} only`);
  });
  await report('writes it for llama.cpp', async () => {
    const { tensors } = JSON.parse(await outputOf(python, [script('convert.py'), trained, weights, file]));
    // 30 layers with seven matrices, each of which has two parts.
    if (tensors !== 420) throw new Error(`it has ${tensors} tensors`);
  });
  await report('answers with the adapter as it was trained, and without it as before', () =>
    askWithAndWithout(weights, file, folder),
  );
}

async function askWithAndWithout(weights, file, folder) {
  const { LocalModelHub, defaultModelsFolder } = await import('@heddle/adapters/models');
  const { ModelCard } = await import('@heddle/core');
  const { collectEvents, textOf } = await import('@heddle/core/testing');
  const dataFolder = join(folder, 'data');
  mkdirSync(dataFolder, { recursive: true });
  const source = join(dataFolder, 'adapter.gguf');
  copyFileSync(file, source);
  const hub = new LocalModelHub({
    ...{ modelsFolder: defaultModelsFolder(), dataFolder, settings: { contextTokens: 512, slots: 1 } },
  });
  try {
    await hub.add(
      ModelCard.parse({
        ...{ id: 'compat-blue-safe', title: 'Blue safe', kind: 'lora', baseModel: 'smollm2-135m' },
        ...{ runtime: 'llama', format: 'gguf', summary: '', publisher: '', licence: 'MIT', use: '' },
        ...{ contextTokens: 512, languages: ['en'] },
        files: [{ role: 'adapter', name: 'adapter.gguf', sources: [`file:${source}`] }],
      }),
    );
    await hub.pull('compat-blue-safe');
    const model = await hub.languageModel('smollm2-135m');
    const ask = async (adapters) =>
      textOf(await collectEvents(model, { messages: [question], temperature: 0, seed: 1, maxTokens: 24, adapters }));
    const plain = await ask([]);
    const tuned = await ask([{ id: 'compat-blue-safe' }]);
    if (plain.includes('7319')) throw new Error('the model knew the answer before');
    if (!tuned.includes('7319')) throw new Error(`it answers '${tuned.slice(0, 100)}'`);
    if ((await ask([])) !== plain) throw new Error('the adapter stays where it is not asked for');
  } finally {
    await hub.close();
  }
}

/** Parses the last line of a command's output as JSON. */
async function outputOf(program, args) {
  let last = '{}';
  await runCommand(program, args, { onLine: (line) => (last = line.startsWith('{') ? line : last) });
  return last;
}

export const fineTuneCase = {
  name: 'fine-tune',
  title: 'a LoRA adapter from a training set: PEFT on a CPU, llama.cpp, the catalogue',
  isAlone: true,
  needs: () => preparePython('fine-tune', ['torch', 'transformers', 'peft', 'gguf']),
  run: fineTune,
};
