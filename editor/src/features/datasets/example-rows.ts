/** The name and description of the example dataset. */
export const exampleDataset = {
  name: 'Capitals',
  description: 'An example: questions with one right answer each, in two splits.',
};

const rows = [
  ['What is the capital of France?', 'Paris', 'europe', 'train'],
  ['What is the capital of Japan?', 'Tokyo', 'asia', 'train'],
  ['What is the capital of Kenya?', 'Nairobi', 'africa', 'train'],
  ['What is the capital of Peru?', 'Lima', 'america', 'test'],
  ['What is the capital of Norway?', 'Oslo', 'europe', 'test'],
] as const;

/** The rows of the example as a file upload. */
export function exampleFile(): FormData {
  const lines = rows.map(([question, expected, tag, split]) =>
    JSON.stringify({ inputs: { question }, expected, tags: [tag], split, label: 'public' }),
  );
  const form = new FormData();
  form.append('file', new File([`${lines.join('\n')}\n`], 'capitals.jsonl', { type: 'application/jsonl' }));
  return form;
}
